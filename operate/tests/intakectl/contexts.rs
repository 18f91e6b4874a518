use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

const CONTEXTS: &str = "
default = 'test'
[context.test.kafka]
brokers = 'kafka-test:9092'
namespace = 'test'
[context.prod]
about = 'the campaign'
[context.prod.kafka]
brokers = 'kafka-1:9093,kafka-2:9093'
username = 'operator'
password_env = 'PROD_KAFKA_PASSWORD'
[context.prod.database]
url_file = 'REGISTER'
";

/// Runs it with this contexts file alone, far from any local stack.
fn run(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_intakectl"));
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("INTAKE_")) {
        command.env_remove(key);
    }
    command
        .current_dir(folder)
        .env("INTAKE_CONTEXTS", folder.join("contexts.toml"))
        .envs(variables.iter().copied())
        .args(args)
        .output()
        .expect("intakectl runs")
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let register = folder.path().join("register");
    std::fs::write(&register, "postgres://operator:hunter2@db-1:5432/register\n").expect("written");
    let text = CONTEXTS.replace("REGISTER", &register.to_string_lossy());
    std::fs::write(folder.path().join("contexts.toml"), text).expect("written");
    folder
}

fn shown(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_context_is_the_whole_place_and_only_flags_change_it() {
    let folder = folder();
    let secret = [
        ("PROD_KAFKA_PASSWORD", "hunter3"),
        ("INTAKE_KAFKA__NAMESPACE", "elsewhere"),
    ];
    let output = run(
        folder.path(),
        &[
            "--context",
            "prod",
            "context",
            "show",
            "-o",
            "json",
            "-X",
            "socket.timeout.ms=5000",
        ],
        &secret,
    );
    let place = shown(&output);
    assert_eq!(place["brokers"], "kafka-1:9093,kafka-2:9093");
    assert_eq!(place["namespace"], "", "the variable is left aside");
    assert_eq!(place["register"], "db-1:5432/register");
    assert_eq!(place["properties"]["socket.timeout.ms"], "5000");
    let said = format!("{output:?}");
    assert!(!said.contains("hunter2") && !said.contains("hunter3"), "{said}");
    let flagged = run(
        folder.path(),
        &["--context", "prod", "-b", "b:1", "context", "show", "-o", "json"],
        &secret,
    );
    assert_eq!(shown(&flagged)["brokers"], "b:1");
}

#[test]
fn the_default_is_taken_only_when_nothing_else_names_a_place() {
    let folder = folder();
    let show = ["context", "show", "-o", "json"];
    let place = shown(&run(folder.path(), &show, &[]));
    assert_eq!(
        [&place["context"], &place["brokers"]],
        ["test", "kafka-test:9092"]
    );
    let named = shown(&run(folder.path(), &show, &[("INTAKE_KAFKA__BROKERS", "here:1")]));
    assert_eq!(
        (&named["context"], &named["brokers"]),
        (&Value::Null, &Value::from("here:1"))
    );
    let listed = shown(&run(folder.path(), &["context", "list", "-o", "json"], &[]));
    let names: Vec<(&Value, &Value)> = listed["contexts"]
        .as_array()
        .expect("contexts")
        .iter()
        .map(|context| (&context["name"], &context["in_use"]))
        .collect();
    assert_eq!(
        names,
        [(&"prod".into(), &false.into()), (&"test".into(), &true.into())]
    );
}

#[test]
fn what_is_wrong_is_named_and_a_secret_is_not() {
    let folder = folder();
    let unknown = refused(&run(folder.path(), &["--context", "prd", "lag"], &[]));
    assert!(
        unknown.contains("\"prd\"") && unknown.contains("prod, test"),
        "{unknown}"
    );
    let unset = refused(&run(folder.path(), &["--context", "prod", "lag"], &[]));
    assert!(unset.contains("PROD_KAFKA_PASSWORD"), "{unset}");
    let property = refused(&run(folder.path(), &["-X", "sasl.password=hunter4", "lag"], &[]));
    assert!(
        property.contains("sasl.password") && !property.contains("hunter4"),
        "{property}"
    );
    let malformed = run(folder.path(), &["-X", "linger", "lag"], &[]);
    assert_eq!(malformed.status.code(), Some(2), "{malformed:?}");
    let file = folder.path().join("contexts.toml");
    std::fs::write(&file, "[context.a.kafka]\nbrokers = 'b:1'\npassword = 'hunter5'").expect("written");
    let inline = refused(&run(folder.path(), &["context", "list"], &[]));
    assert!(
        inline.contains("password") && !inline.contains("hunter5"),
        "{inline}"
    );
}
