//! Prometheus' text format (exposition format 0.0.4), for families whose members come and go: what isn't
//! known has no line, which a registry of gauges can't say.

use std::fmt::Write as _;

/// Families of gauges, one after the other.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// Writes a family: its name, its help, and its members' labels and values. One without members is left
    /// out.
    pub(super) fn family<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        labels: [&str; N],
        members: impl IntoIterator<Item = ([String; N], f64)>,
    ) {
        let mut members = members.into_iter().peekable();
        if members.peek().is_none() {
            return;
        }
        let text = &mut self.0;
        // Writing to a String can't fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (values, value) in members {
            text.push_str(name);
            for (at, (label, value)) in labels.iter().zip(&values).enumerate() {
                let escaped = value
                    .replace('\\', "\\\\")
                    .replace('"', "\\\"")
                    .replace('\n', "\\n");
                let _ = write!(text, "{}{label}=\"{escaped}\"", if at == 0 { '{' } else { ',' });
            }
            let end = if N == 0 { "" } else { "}" };
            let _ = writeln!(text, "{end} {value}");
        }
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn families_are_written_and_what_is_unknown_is_absent() {
        let mut text = Text::default();
        text.family("a", "Of a.", ["x", "y"], [(["1".into(), "q\"\\".into()], 2.5)]);
        text.family("b", "Of b.", [], [([], 3.0)]);
        text.family("c", "Of c.", ["x"], []);
        let expected = "# HELP a Of a.\n# TYPE a gauge\na{x=\"1\",y=\"q\\\"\\\\\"} 2.5\n\
                        # HELP b Of b.\n# TYPE b gauge\nb 3\n";
        assert_eq!(text.finish(), expected);
    }
}
