//! The plot for the docs: one bar for each function, on a logarithmic axis.

use crate::statistics::{Spread, Summary};
use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 90.0;
const BAR: f64 = 16.0;

type Panel = (&'static str, fn(&Summary) -> Spread);

const PANELS: [Panel; 4] = [
    ("From the start of the process to the first payment's answer, ms", |s| s.first),
    ("CPU time to there, ms", |s| s.first_cpu),
    ("CPU time of each later payment, ms", |s| s.warm_cpu),
    ("Peak memory, MiB", |s| s.memory),
];

/// An SVG that is legible on light and on dark pages.
pub(crate) fn svg(summaries: &[Summary]) -> String {
    let mut body = String::new();
    let mut y = 10.0;
    for (title, value) in PANELS {
        let _ = writeln!(body, r#"<text x="0" y="{:.0}" font-weight="bold">{title}</text>"#, y + 12.0);
        y += 22.0;
        let medians = || summaries.iter().map(|summary| value(summary).median.log10());
        // A decade and a half below the least, so that even its bar has a length.
        let (low, high) = (medians().fold(f64::MAX, f64::min) - 0.5, medians().fold(f64::MIN, f64::max));
        for summary in summaries {
            let median = value(summary).median;
            let width = (median.log10() - low) / (high - low) * (WIDTH - LEFT - RIGHT);
            let colour = if summary.name == "Till" { "#635bff" } else { "#8898aa" };
            let _ = writeln!(
                body,
                r#"<text x="{:.0}" y="{:.0}" text-anchor="end">{}</text><rect x="{LEFT}" y="{y:.0}" width="{width:.1}" height="{BAR}" fill="{colour}"/><text x="{:.1}" y="{:.0}">{median:.2}</text>"#,
                LEFT - 8.0,
                y + 12.0,
                summary.name,
                LEFT + width + 6.0,
                y + 12.0,
            );
            y += BAR + 4.0;
        }
        y += 14.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y:.0}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#77818f\" role=\"img\">\n<title>Till beside Node, Python and an empty function, on a logarithmic axis</title>\n{body}</svg>\n"
    )
}
