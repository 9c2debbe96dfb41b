// The C++ of zita-resampler behind three C functions.
#include <zita-resampler/resampler.h>

extern "C" {

Resampler *headroom_zita_new(unsigned from, unsigned to, unsigned channels, unsigned half_length) {
    auto *resampler = new Resampler;
    if (resampler->setup(from, to, channels, half_length) == 0) return resampler;
    delete resampler;
    return nullptr;
}

void headroom_zita_delete(Resampler *resampler) { delete resampler; }

// Returns the frames made.
unsigned headroom_zita_process(Resampler *resampler, float *input, unsigned frames, float *output, unsigned room) {
    resampler->inp_count = frames;
    resampler->inp_data = input;
    resampler->out_count = room;
    resampler->out_data = output;
    resampler->process();
    return room - resampler->out_count;
}
}
