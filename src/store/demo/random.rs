//! Pseudo-random numbers that are the same on every machine and in every year.

/// Sebastiano Vigna's `SplitMix64` (public domain): a counter and a mixing function, plenty for noise on a curve.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// The sequence that belongs to `text`: independent sequences for different texts, so that one run's numbers do not
    /// change when another run is added.
    pub(super) fn of(text: &str) -> Self {
        // FNV-1a, 64 bits: the standard library's hashers are not promised to stay the same.
        let state = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self { state }
    }

    /// The next 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, 1.
    pub(super) fn unit(&mut self) -> f64 {
        // The upper 53 bits are all that an `f64` below 1 can tell apart.
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number around 0 with a spread of about 1, bell-shaped and never beyond 3.5.
    pub(super) fn noise(&mut self) -> f64 {
        // Four uniform numbers of variance 1/12 each; the usual ways to a normal distribution need a logarithm, whose last
        // digit differs between machines.
        (0..4).map(|_| self.unit() - 0.5).sum::<f64>() * f64::sqrt(3.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_published_generator() {
        // First outputs of Vigna's splitmix64.c for the seed 1234567.
        let mut random = Random { state: 1_234_567 };
        assert_eq!(
            [random.bits(), random.bits(), random.bits()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn noise_is_centred_with_a_spread_of_one() {
        let mut random = Random::of("noise");
        let sample: Vec<f64> = (0..10_000).map(|_| random.noise()).collect();
        let mean = sample.iter().sum::<f64>() / 10_000.0;
        let variance = sample.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 10_000.0;
        assert!(mean.abs() < 0.05, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }
}
