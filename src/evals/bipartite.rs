//! Maximum matching between what is expected and what was found: greedy pairing fails where the first to come takes another's partner.

/// For each of `left`, the index of its partner in `right`, in a matching with as many pairs as possible (Kuhn's augmenting paths).
#[must_use]
pub fn maximum(left: usize, right: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut owners: Vec<Option<usize>> = vec![None; right];
    for one in 0..left {
        let mut visited = vec![false; right];
        augment(one, &fits, &mut owners, &mut visited);
    }
    let mut partners = vec![None; left];
    for (index, owner) in owners.iter().enumerate() {
        if let Some(place) = owner.and_then(|owner| partners.get_mut(owner)) {
            *place = Some(index);
        }
    }
    partners
}

/// Whether each of `left` has a partner of its own in `right`.
#[must_use]
pub fn is_perfect<L, R>(left: &[L], right: &[R], fits: impl Fn(&L, &R) -> bool) -> bool {
    let partners = maximum(left.len(), right.len(), |one, other| match (left.get(one), right.get(other)) {
        (Some(one), Some(other)) => fits(one, other),
        _ => false,
    });
    partners.iter().all(Option::is_some)
}

fn augment(one: usize, fits: &impl Fn(usize, usize) -> bool, owners: &mut [Option<usize>], visited: &mut [bool]) -> bool {
    for other in 0..owners.len() {
        if visited.get(other).copied().unwrap_or(true) || !fits(one, other) {
            continue;
        }
        if let Some(seen) = visited.get_mut(other) {
            *seen = true;
        }
        let owner = owners.get(other).copied().flatten();
        if owner.is_none_or(|owner| augment(owner, fits, owners, visited)) {
            if let Some(place) = owners.get_mut(other) {
                *place = Some(one);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_first_does_not_take_anothers_only_partner() {
        // The first fits both, the second only the first: greedy pairing leaves the second alone.
        let edges = [(0, 0), (0, 1), (1, 0)];
        assert_eq!(maximum(2, 2, |one, other| edges.contains(&(one, other))), [Some(1), Some(0)]);
    }

    #[test]
    fn as_many_as_possible_are_paired() {
        let edges = [(0, 0), (1, 0), (2, 0), (2, 1)];
        let partners = maximum(3, 2, |one, other| edges.contains(&(one, other)));
        assert_eq!(partners.iter().flatten().count(), 2);
        assert!(!is_perfect(&[1, 1], &[1], |one, other| one == other));
        assert!(is_perfect::<u8, u8>(&[], &[1], |_, _| false));
    }
}
