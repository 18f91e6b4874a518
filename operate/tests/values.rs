//! `intakectl normalise`, `validate` and `rules` as they are used: the real binary, and nothing else.

use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

struct Answer {
    code: i32,
    stdout: String,
    stderr: String,
}

fn intakectl(args: &[&str], input: &[u8]) -> Answer {
    let mut child = Command::new(env!("CARGO_BIN_EXE_intakectl"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("intakectl runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    writing.join().expect("no panic").expect("written");
    Answer {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

#[track_caller]
fn lines(args: &[&str], input: &str, expected: &[&str]) {
    let answer = intakectl(args, input.as_bytes());
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!(answer.stdout.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_value_a_line_gets_an_answer_a_line() {
    lines(
        &["normalise", "--field", "full_name"],
        "NGUYỄN VĂN A\nk'brêi\nkhông rõ\nNguyễn Văn A1\n\nMüller Thị Lan\r\n",
        &[
            "ok\tNguyễn Văn A",
            "ok\tK'Brêi",
            "reject\t\tname.placeholder",
            "hold\t\tname.digits",
            "reject\t\tname.missing",
            "hold\tMüller Thị Lan\tname.letters",
        ],
    );
    lines(
        &["normalise", "--field", "text"],
        "Hoà  Bình\nÐặng\nNguyÔn V¨n\nNGUYÔN V¡N\n",
        &[
            "ok\tHòa Bình",
            "ok\tĐặng",
            "ok\tNguyễn Văn",
            "hold\t\ttext.legacy-encoding-uncertain",
        ],
    );
    lines(
        &["normalise", "--field", "sex"],
        "Nữ\nnam\nx\n",
        &["ok\tF", "ok\tM", "hold\t\tcode.sex-unknown"],
    );
    lines(
        &["normalise", "--field", "ethnicity"],
        "H'Mông\nKinh\n",
        &["ok\t08", "ok\t01"],
    );
}

#[test]
fn a_line_of_json_gets_a_line_of_json() {
    let input = "{\"value\": \"LÒ VĂN PÂNG\", \"context\": {\"sex\": \"M\", \"date_of_birth\": \"1987-09-05\", \"as_of\": \"2025-06-30\"}}\n\
                 {\"value\": \"LòVăn Pâng\"}\n{\"value\": 7}\nnot json\n";
    let answer = intakectl(&["normalise", "--field", "full_name", "--json"], input.as_bytes());
    let answers: Vec<Value> = answer
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let unreadable = json!({"verdict": "reject", "value": null, "candidates": [], "codes": ["text.not-readable"], "rules": []});
    assert_eq!(
        answers,
        [
            json!({"verdict": "ok", "value": "Lò Văn Pâng", "candidates": [], "codes": [], "rules": ["name.case"]}),
            json!({"verdict": "hold", "value": null, "candidates": ["Lò Văn Pâng"], "codes": ["name.run-together"], "rules": []}),
            unreadable.clone(),
            unreadable,
        ]
    );
}

#[test]
fn every_line_of_a_hostile_file_gets_an_answer() {
    let good = r#"{"form":{"id":"CC01","version":"2024-07"},"channel":"mobile_team","service":"first_issue","applicant":{"full_name":"LÒ VĂN PÂNG","ethnicity":"Thái","date_of_birth":"31/04/1950"}}"#;
    let hostile = [
        good.as_bytes().to_vec(),
        b"[".repeat(200_000),
        b"\xff\xfe\x00".to_vec(),
        Vec::new(),
        b"{\"revision\":1e999}".to_vec(),
        good.replace("LÒ VĂN PÂNG", &"ắ\u{300}".repeat(100_000))
            .into_bytes(),
        b"x".repeat(5 << 20),
        good.replace("1950", "1950\\u0000").into_bytes(),
    ];
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), hostile.join(&b'\n')).expect("written");
    let answer = intakectl(&["validate", file.path().to_str().expect("a path")], b"");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let answers: Vec<Value> = answer
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let verdicts: Vec<&str> = answers
        .iter()
        .map(|answer| answer["verdict"].as_str().expect("text"))
        .collect();
    assert_eq!(
        verdicts,
        [
            "hold", "reject", "reject", "reject", "reject", "reject", "reject", "reject"
        ]
    );
    let finding = &answers[0]["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["field"]),
        (&json!("date.impossible"), &json!("date_of_birth"))
    );
    assert!(
        finding["vi"].as_str().is_some_and(|text| text.contains("lịch")),
        "{finding}"
    );
    assert!(
        answer.stderr.starts_with("8 lines: 0 ok, 1 hold, 7 reject\n"),
        "{}",
        answer.stderr
    );
    assert!(
        !(answer.stdout + &answer.stderr).contains("PÂNG"),
        "no value of a person is printed"
    );
}

#[test]
fn hostile_values_are_answered_in_every_kind() {
    let values = [
        "\0",
        "\u{1b}[2J",
        "ế\u{301}\u{302}",
        "\u{202e}abc",
        "((((",
        "''''",
        "a.b.c.",
        "१२३",
        "Ơ̆",
        "ông ông ông ông",
    ];
    let input = values.map(|value| json!({"value": value}).to_string()).join("\n");
    for kind in normalise::KINDS {
        let answer = intakectl(&["normalise", "--field", kind.name, "--json"], input.as_bytes());
        assert_eq!(
            answer.stdout.lines().count(),
            values.len(),
            "{}: {}",
            kind.name,
            answer.stderr
        );
    }
}

#[test]
fn rules_are_listed_shown_and_compared() {
    let listed = intakectl(&["rules", "list", "-o", "json"], b"");
    let listed: Value = serde_json::from_str(&listed.stdout).expect("JSON");
    assert_eq!(
        listed["rules"].as_array().map(Vec::len),
        Some(rules::catalogue::all().count())
    );
    let shown = intakectl(&["rules", "show", "name.digits"], b"").stdout;
    assert!(shown.contains("Civil Code 91/2015/QH13, article 26.3"), "{shown}");
    let unknown = intakectl(&["rules", "show", "name.x"], b"");
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.stderr.contains("intakectl rules list"),
        "{}",
        unknown.stderr
    );

    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("a path").to_owned()
    };
    let (shipped, other) = (
        path("a.toml", ""),
        path(
            "b.toml",
            "[severity]\n\"name.digits\" = \"note\"\n[threshold]\noldest = 120\n",
        ),
    );
    let difference = intakectl(&["rules", "diff", &shipped, &other, "-o", "json"], b"");
    let difference: Value = serde_json::from_str(&difference.stdout).expect("JSON");
    assert_eq!(
        difference["differences"],
        json!([{"key": "name.digits", "a": "hold", "b": "note"}, {"key": "threshold.oldest", "a": "130", "b": "120"}])
    );
    let weighed = intakectl(
        &["normalise", "--field", "full_name", "--ruleset", &other],
        "Nguyễn Văn A1".as_bytes(),
    );
    assert_eq!(weighed.stdout, "ok\t\n");
    let wrong = path("wrong.toml", "[severity]\n\"name.x\" = \"hold\"\n");
    let refused = intakectl(&["rules", "list", "--ruleset", &wrong], b"");
    assert_eq!(refused.code, 1);
    for part in ["wrong.toml", "severity.\"name.x\"", "intakectl rules list"] {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
}
