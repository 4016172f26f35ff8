//! The sequence of the failing request as a mermaid diagram.

use crate::report::text::hostile::printable;
use crate::report::{Leg, LegKind, Passage};
use crate::terms::Hop;

/// Characters of a label that are shown.
const LONGEST: usize = 120;

/// Returns the diagram in a fenced block.
pub(super) fn sequence(passage: &Passage) -> String {
    let mut hops: Vec<Hop> = passage.legs.iter().flat_map(|leg| [leg.from, leg.to]).collect();
    hops.sort();
    hops.dedup();
    let participants: String = hops.iter().map(|hop| format!("    participant {hop}\n")).collect();
    let legs: String = passage.legs.iter().map(leg).collect();
    format!("```mermaid\nsequenceDiagram\n{participants}{legs}```\n")
}

fn leg(leg: &Leg) -> String {
    let (from, to, says) = (leg.from, leg.to, label(&leg.says));
    match leg.kind {
        LegKind::Asked => format!("    {from}->>{to}: {says}\n"),
        LegKind::Answered => format!("    {from}-->>{to}: {says}\n"),
        LegKind::Lost => format!("    {from}--x{to}: {says}\n"),
        LegKind::Concluded if from == to => format!("    Note over {from}: ✗ {says}\n"),
        LegKind::Concluded => format!("    Note over {from},{to}: ✗ {says}\n"),
    }
}

/// Returns a label of words and spaces. Every other character becomes a character code, which mermaid reads as text.
fn label(raw: &str) -> String {
    let shown = printable(raw, true);
    let mut safe = String::new();
    for c in shown.chars().take(LONGEST) {
        match c {
            _ if c.is_alphanumeric() => safe.push(c),
            ' ' | '/' | ',' | '.' | '-' => safe.push(c),
            _ => safe.push_str(&format!("#{};", u32::from(c))),
        }
    }
    if shown.chars().nth(LONGEST).is_some() {
        safe.push('…');
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{label, sequence};
    use crate::report::{Leg, LegKind, Passage};
    use crate::terms::Hop;

    /// `tests/html/check.mjs` reads the file with mermaid itself.
    #[test]
    fn a_hostile_label_is_in_the_file_that_mermaid_reads() {
        let all: String = (' '..='~').collect();
        let texts = [
            &all,
            "end",
            "loop x",
            "wrap: a",
            "Note over client: b",
            "%%{init: {}}%%",
            "<script>x</script>",
            "#35;",
            "緑 ü",
        ];
        let says = |says: &str| Leg { from: Hop::Client, to: Hop::Edge, kind: LegKind::Asked, says: says.to_owned() };
        let legs = texts.iter().map(|text| says(text)).collect();
        let passage = Passage { cause: 0, step: String::new(), exchange: 1, hops: Vec::new(), legs };
        let diagram = sequence(&passage);
        let kept = include_str!("../../../tests/html/hostile.mmd");
        assert_eq!(diagram.trim_start_matches("```mermaid\n").trim_end_matches("```\n"), kept, "{diagram}");
    }

    #[test]
    fn a_label_ends_neither_its_line_nor_the_diagram() {
        assert_eq!(label("a; end\n```%%b:<i>"), "a#59; end#92;n#96;#96;#96;#37;#37;b#58;#60;i#62;");
    }
}
