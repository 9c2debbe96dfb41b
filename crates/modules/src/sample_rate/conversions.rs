//! Which conversions a converter has: sets of pairs of rates that are chosen when an image is built.

use headroom_resample::{Plan, Quality, plan};

/// A set of conversions, for [`Src`](crate::Src) and [`SrcLite`](crate::SrcLite). Equal rates are copied whether the set
/// has them or not.
///
/// Sets are [`AllPairs`], one [`Pair`], and tuples of sets: `(Pair<44_100, 48_000>, Pair<48_000, 44_100>)`.
pub trait Conversions {
    /// The filters of [`Quality::Standard`] from rate `from` to rate `to` in Hz, if the set has the pair.
    fn standard(from: u32, to: u32) -> Option<Plan<'static>>;

    /// The filters of [`Quality::Lite`].
    fn lite(from: u32, to: u32) -> Option<Plan<'static>>;
}

/// Every pair of [`RATES`](headroom_resample::RATES), with the tables of all of them.
pub struct AllPairs;

impl Conversions for AllPairs {
    fn standard(from: u32, to: u32) -> Option<Plan<'static>> {
        plan(from, to, Quality::Standard).ok()
    }

    fn lite(from: u32, to: u32) -> Option<Plan<'static>> {
        plan(from, to, Quality::Lite).ok()
    }
}

/// The conversion from rate `FROM` to rate `TO`, in Hz. Two rates between which there is none do not compile:
///
/// ```compile_fail,E0080
/// use headroom_modules::{Pair, Src};
/// const ROW: headroom_module::ModuleEntry = Src::<Pair<44_100, 44_101>>::ROW;
/// let _ = ROW;
/// ```
pub struct Pair<const FROM: u32, const TO: u32>;

/// Said by the compiler.
const NO_SUCH_PAIR: &str =
    "no conversion between these rates; headroom_resample::RATES lists those that there are";

impl<const FROM: u32, const TO: u32> Pair<FROM, TO> {
    // Found when they are compiled: what is left are references to the coefficients of one or two stages.
    const STANDARD: Plan<'static> = Self::plan(Quality::Standard).expect(NO_SUCH_PAIR);
    const LITE: Plan<'static> = Self::plan(Quality::Lite).expect(NO_SUCH_PAIR);

    const fn plan(quality: Quality) -> Option<Plan<'static>> {
        match plan(FROM, TO, quality) {
            Ok(plan) => Some(plan),
            Err(_) => None,
        }
    }

    fn is(from: u32, to: u32) -> bool {
        (from, to) == (FROM, TO)
    }
}

impl<const FROM: u32, const TO: u32> Conversions for Pair<FROM, TO> {
    fn standard(from: u32, to: u32) -> Option<Plan<'static>> {
        Self::is(from, to).then_some(Self::STANDARD)
    }

    fn lite(from: u32, to: u32) -> Option<Plan<'static>> {
        Self::is(from, to).then_some(Self::LITE)
    }
}

/// A tuple has what its members have.
macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name: Conversions),+> Conversions for ($($name,)+) {
            fn standard(from: u32, to: u32) -> Option<Plan<'static>> {
                None$(.or_else(|| $name::standard(from, to)))+
            }

            fn lite(from: u32, to: u32) -> Option<Plan<'static>> {
                None$(.or_else(|| $name::lite(from, to)))+
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E F);
tuple!(A B C D E F G);
tuple!(A B C D E F G H);

#[cfg(test)]
mod tests {
    use super::*;

    type Two = (Pair<44_100, 48_000>, (Pair<48_000, 16_000>, Pair<8_000, 48_000>));

    #[test]
    fn a_set_has_the_plans_of_its_pairs_and_no_others() {
        let cases = [
            ((44_100, 48_000), true),
            ((48_000, 16_000), true),
            ((8_000, 48_000), true),
            ((48_000, 44_100), false),
            ((16_000, 48_000), false),
            ((44_100, 16_000), false),
        ];
        for ((from, to), there) in cases {
            assert_eq!(Two::standard(from, to), plan(from, to, Quality::Standard).ok().filter(|_| there));
            assert_eq!(Two::lite(from, to), plan(from, to, Quality::Lite).ok().filter(|_| there));
            assert_eq!(AllPairs::standard(from, to), plan(from, to, Quality::Standard).ok());
        }
    }
}
