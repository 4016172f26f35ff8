//! Which steps run one after the other: the lanes of a scenario.

use crate::scenario::Step;

/// Steps with their places in the scenario.
pub(crate) type Lane<'a> = Vec<(usize, &'a Step)>;

/// Groups steps: the steps that one written step unfolds into form one group, with a lane for each endpoint. The groups
/// run in order, and the lanes of a group beside each other.
pub(crate) fn groups<'a>(steps: impl Iterator<Item = (usize, &'a Step)>) -> Vec<Vec<Lane<'a>>> {
    let mut groups: Vec<Vec<Lane<'a>>> = Vec::new();
    for (place, step) in steps {
        let last = groups.last_mut();
        match last.filter(|lanes| lanes[0][0].1.is_written_with(step)) {
            Some(lanes) => match lanes.iter_mut().find(|lane| lane[0].1.call == step.call) {
                Some(lane) => lane.push((place, step)),
                None => lanes.push(vec![(place, step)]),
            },
            None => groups.push(vec![vec![(place, step)]]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::groups;
    use crate::scenario::Scenario;

    #[test]
    fn each_endpoint_of_a_written_step_has_a_lane() {
        let text = "title = \"t\"\n[[step]]\nid = \"a\"\ncall = [\"x.one\", \"x.two\"]\ntoken = [\"none\", \"expired\"]\n\
                    [step.expect]\nrefused = true\n[[step]]\nid = \"b\"\ncall = \"x.one\"\n[step.expect]\nstatus = 200\n";
        let scenario = Scenario::parse("t.toml", text).expect("a scenario");
        let places: Vec<Vec<Vec<usize>>> = groups(scenario.steps.iter().enumerate())
            .iter()
            .map(|lanes| lanes.iter().map(|lane| lane.iter().map(|(place, _)| *place).collect()).collect())
            .collect();
        assert_eq!(places, [vec![vec![0, 1], vec![2, 3]], vec![vec![4]]]);
    }
}
