//! The codes of findings. docs/lint.md is this table; a test holds the two together.

use std::fmt;

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing fails; somebody might want to know.
    Note,
    /// It runs, but not as it says, or not everywhere.
    Warning,
    /// A driver or the firmware refuses it, or audio can't get through.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Code {
    /// `HR` and three digits. They keep their meaning; new kinds get new ones.
    #[serde(rename = "code")]
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in a few words.
    pub title: &'static str,
    /// Why it matters.
    #[serde(skip)]
    pub why: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

impl Code {
    /// The code that is spelled `id`, in capitals or not.
    pub fn named(id: &str) -> Option<&'static Self> {
        CODES.iter().find(|code| code.id.eq_ignore_ascii_case(id))
    }
}

macro_rules! codes {
    ($($id:ident $severity:ident $title:literal, $why:literal, $remedy:literal;)*) => {
        $(pub(crate) static $id: Code = Code {
            id: stringify!($id),
            severity: Severity::$severity,
            title: $title,
            why: $why,
            remedy: $remedy,
        };)*

        /// All codes, in their order.
        pub static CODES: &[Code] = &[$($id),*];
    };
}

codes! {
    HR001 Error "a route to a widget that isn't there",
        "Routes name widgets. A driver refuses a file with a route whose start or end it can't find.",
        "correct the name, or load the topology that has the widget together with this one";
    HR002 Error "two widgets of one name",
        "Routes find widgets by name: the second one of a name is never connected.",
        "give each widget a name of its own";
    HR003 Error "a module in a pipeline without scheduler",
        "A pipeline is made from its scheduler widget: the one whose block has the same index. Without it nobody runs the \
         module.",
        "add a scheduler widget with this index, or move the module to a pipeline that has one";
    HR004 Error "a module without UUID",
        "The UUID (token 405) is all that says which module of the firmware a widget becomes. One of zeros only is none.",
        "give the widget the UUID of its module";
    HR005 Warning "a module without any route",
        "It is in the file, but on the way of no stream, and so never made.",
        "connect it, or take it out";
    HR006 Warning "a module with one open side",
        "Audio comes in and goes nowhere, or goes out and comes from nowhere.",
        "connect the other side, or take the module out";
    HR007 Warning "one route twice",
        "Drivers add both; at best the second one does nothing.",
        "take one of them out";
    HR008 Error "two controls of one name",
        "The sound card refuses the second control of a name, and with it the topology.",
        "give each control a name of its own, or let the widget's name be part of it (token 417 false)";
    HR009 Warning "modules in a circle",
        "Each feeds the next and the last the first: none can run after all that feed it. One of them hears the others one \
         tick later.",
        "cut the circle, or put the way back into a pipeline of its own";
    HR010 Error "a route whose ends have no format in common",
        "What one end gives the other doesn't take: the driver finds no format, or the firmware reads samples for what they \
         aren't.",
        "give both ends a format with the same rate, samples and channels";
    HR011 Error "rates that no converter has",
        "No filter leads from one rate to the other, ready or designed: the two have too little in common.",
        "choose rates out of the list that `headroom measure-src` prints";
    HR012 Warning "rates without a ready filter",
        "A desk designs such a filter; firmware has the ready ones only.",
        "choose rates out of the list that `headroom measure-src` prints";
    HR013 Error "another rate behind a module that can't convert",
        "Copiers, gains and mixers give the rate that they take.",
        "put a src in between, or correct the rate of a format";
    HR014 Error "a format that can't be",
        "No channel or more than 8, no rate, samples that are no whole bytes or larger than their container, or a pin above 7.",
        "correct the tokens of the format";
    HR015 Warning "a block that isn't one millisecond of its format",
        "The ibs and obs of a module that runs in every tick are what one millisecond takes, rounded up to whole frames. The \
         firmware sizes buffers by them.",
        "leave ibs and obs to the class, or correct what they are worked out from";
    HR016 Error "a block that isn't whole frames",
        "An ibs or obs that is zero, that ends within a frame, or that is less than a millisecond of a DP module: the \
         firmware refuses the module or loses its place in the audio.",
        "make it channels times bytes of a sample times frames, a millisecond or more";
    HR017 Error "fewer formats than announced",
        "Tokens 415 and 416 say how many formats there are; a driver reads as many, and refuses the file if they aren't \
         there.",
        "correct token 415 or 416, or add the formats";
    HR018 Note "more formats than announced",
        "A driver reads as many formats as tokens 415 and 416 say. The rest is never used.",
        "correct token 415 or 416, or take the rest out";
    HR019 Warning "a packed format that says something else",
        "Tokens 1907 and 1937 repeat channels, valid bits and sample type in one number. The firmware reads the packed one \
         in places.",
        "leave the packed number to the class";
    HR020 Error "more than 8 pins",
        "A BIND message has 3 bits for a pin.",
        "split the module";
    HR021 Warning "more routes than pins",
        "Each route that is in use at a time takes a pin. More of them than pins can't be used together.",
        "raise tokens 411 or 412, or take routes out";
    HR022 Warning "a pin for a widget that isn't connected",
        "Pin bindings name the widget on the other side. No route leads from or to the one that is named.",
        "correct the name, or add the route";
    HR023 Warning "a src with more than one output format on the way out",
        "Drivers that take the rate of a playback converter from its only output format refuse more than one. Files that ship \
         have it.",
        "leave one output format, if older drivers matter";
    HR024 Error "a module without formats",
        "A driver chooses a format for each side of a module that audio crosses, and refuses a module that has none there.",
        "give it an input and an output audio format, and count them in tokens 415 and 416";
    HR025 Warning "24 bits in the other half of their container",
        "Links of HD audio, SoundWire (ALH), USB (UAOL) and microphones (DMIC) carry 24 bits in the most significant ones of \
         32, serial ports (SSP) in the least significant ones. The other way is 48 dB too loud or too quiet.",
        "make the sample type of the link's format 0 for HDA, ALH, UAOL and DMIC, 1 for SSP, in its packed number too";
    HR030 Note "placeholder memory",
        "8192 bytes of stack and 24576 of heap are the defaults of the class, not what somebody measured.",
        "measure with `headroom run`, and set tokens 420 and 421 to that";
    HR031 Warning "a DP module without memory tokens",
        "A DP module has memory of its own. Without tokens 420 and 421 the firmware's defaults decide how much.",
        "measure with `headroom run`, and set tokens 420 and 421 to that";
    HR032 Note "memory tokens of the time until June 2026",
        "Tokens 422 and 423 are no longer in use, and 421 was the interim heap: newer drivers take it for all of the heap.",
        "compile the topology again from current sources";
    HR040 Warning "a consumer that runs before its producer",
        "Within a tick pipelines run by their priority, 0 first. Here the pipeline that takes runs before the one that gives: \
         it hears what was given in the tick before, a millisecond later than it could.",
        "give the pipeline of the producer the same priority, or a smaller number";
    HR041 Note "a domain that isn't known",
        "Token 418 is LL, DP or default; a driver takes everything else for default.",
        "correct token 418";
    HR042 Error "a priority above 7",
        "Pipelines have priorities from 0, which runs first, to 7. Firmware refuses others.",
        "choose a priority from 0 to 7 (token 201)";
    HR043 Error "a core that isn't there",
        "Sessions have four cores, 0 to 3, and most chips no more. A driver refuses a pipeline or a module on another.",
        "choose a core from 0 to 3 (token 203 of a pipeline, 404 of a module)";
    HR050 Warning "a newer ABI than is known here",
        "The file was made for a newer firmware than this version of Headroom knows. Something in it may mean something else.",
        "take a newer Headroom; a driver that is older than the file warns too";
    HR051 Note "tokens without a name",
        "Nothing that is known here reads them.",
        "check the number, or leave it to the driver that it is for";
    HR052 Warning "no ABI",
        "Without a manifest that has one, nobody knows which firmware the file is for. It is read as one for IPC3.",
        "put the manifest with the SOF ABI in front";
    HR053 Note "not a topology of SOF",
        "Its manifest has no ABI of SOF, and none of its tokens is SOF's: it is for another driver, as older ones of Intel \
         have their own. The rules of SOF say nothing about it, and none was applied.",
        "take the topology that SOF has for the machine, if SOF is to load it";
    HR060 Error "a PCM without host widget",
        "The stream name of a PCM is that of the host widget at which its audio starts or ends. No widget has this one.",
        "make the stream name of the widget that of the PCM";
    HR061 Warning "a PCM whose audio reaches no DAI",
        "Routes from its host widget lead to no end on the other side.",
        "add the routes, or load the topology that has them together with this one";
    HR062 Note "a host widget that no PCM opens",
        "No PCM has its stream name: it is never used.",
        "correct its stream name, or take it out";
    HR063 Error "two PCMs of one number",
        "Devices of a card are told apart by number and direction.",
        "give each PCM a number of its own";
    HR064 Error "a PCM that can't be opened",
        "A driver looks for what a PCM is opened with among the formats of its host widget. Nothing that this PCM offers is \
         there.",
        "add a format that the PCM offers to its host widget, or correct the PCM";
    HR065 Error "a DAI without link",
        "The stream name of a DAI widget is that of the link to its codec. A driver refuses a widget whose link it can't find.",
        "make the stream name of the link that of the widget";
    HR066 Error "two ends of one stream name",
        "PCMs and links find their widget by its stream name: one of the two is never connected.",
        "give each a stream name of its own";
    HR067 Error "a type of DAI that isn't known",
        "The type (token 154) says which interface of the chip a widget is. A driver refuses one that it doesn't know.",
        "correct token 154: SSP, DMIC, HDA, ALH and UAOL are Intel's";
    HR068 Warning "a PCM that offers more than its host widget takes",
        "Applications open a PCM with any of the channels, rates and samples that it offers. A driver looks for these among \
         the formats of the host widget, and refuses the stream if they aren't there.",
        "take it out of the PCM, or add the format to the host widget";
    HR069 Warning "a stream name at a widget that is no end",
        "It is that of an end: drivers that look for a stream by name may find this widget instead.",
        "take the stream name out of the widget that is no end";
    HR070 Warning "a name of a control that is cut",
        "The sound card keeps 43 bytes of a name, the widget's in front included. Scripts and UCM files that have the whole \
         name don't find the control.",
        "shorten the name, or leave the widget's out of it (token 417 true)";
    HR071 Error "two controls of one name once they are cut",
        "The sound card keeps 43 bytes of a name, the widget's in front included. It refuses the second control of what is \
         left, and with it the topology.",
        "give them names that differ in their first 43 bytes, or leave the widget's out of them (token 417 true)";
    HR072 Error "a scale of decibels that can't be read",
        "A driver takes scales of kind 1 only, of 136 bytes as `alsatplg` writes them, and makes the values of a volume from \
         them: it refuses a control that says it has decibels and doesn't.",
        "write the scale as `alsatplg` does: from, step and mute, with kind 1 and size 136";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_unique() {
        assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert_eq!(Code::named("hr040"), Some(&HR040));
        assert_eq!(Code::named("HR999"), None);
    }
}
