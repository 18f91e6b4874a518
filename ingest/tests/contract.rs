//! The documents that others build on agree with what the node does.

use jsonschema::Validator;
use schemas::Field;
use schemas::submission::Submission;
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/submission.schema.json")).expect("the schema is JSON")
}

fn validator() -> Validator {
    jsonschema::validator_for(&schema()).expect("the schema is a schema")
}

#[test]
fn the_schema_lists_exactly_the_fields_there_are() {
    let schema = schema();
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    let enumerated: Vec<&str> = schema["$defs"]["field"]["enum"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(enumerated, names);
    let mut properties: Vec<&str> = schema["$defs"]["applicant"]["properties"]
        .as_object()
        .expect("properties")
        .keys()
        .map(String::as_str)
        .collect();
    let mut sorted = names;
    properties.sort_unstable();
    sorted.sort_unstable();
    assert_eq!(properties, sorted);
}

#[test]
fn schema_and_parser_agree_on_good_and_bad_samples() {
    const HASH: &str = "abababababababababababababababababababababababababababababababab";
    let validator = validator();
    let form = r#""form":{"id":"CC01","version":"2024-07"},"channel":"mobile_team","service":"first_issue""#;
    for (sample, good) in [
        (format!(r#"{{{form},"applicant":{{}}}}"#), true),
        (format!(r#"{{"type":"application",{form},"applicant":{{"full_name":"A","sex":null}}}}"#), true),
        (format!(r#"{{{form},"revision":2,"commune":null,"applicant":{{"phone":"1"}}}}"#), true),
        (
            format!(r#"{{{form},"applicant":{{}},"attachments":[{{"kind":"photo","sha256":"{HASH}","bytes":3}}]}}"#),
            true,
        ),
        (format!(r#"{{{form},"applicant":{{"fullname":"A"}}}}"#), false),
        (format!(r#"{{{form},"applicant":{{"full_name":17}}}}"#), false),
        (format!(r#"{{{form}}}"#), false),
        (format!(r#"{{{form},"applicant":{{}},"attachments":[{{"kind":"photo","sha256":"ab","bytes":3}}]}}"#), false),
        (form.replace("mobile_team", "boat").clone() + "", false),
        (r#"{"type":"verification","application_id":"x","stage":1,"officer":"7"}"#.into(), true),
        (
            r#"{"type":"verification","application_id":"x","stage":1,"officer":"7",
                "findings":[{"field":"sex","finding":"corrected","value":"Nam"}]}"#
                .into(),
            true,
        ),
        (
            r#"{"type":"verification","application_id":"x","stage":1,"officer":"7","findings":[{"field":"age","finding":"new"}]}"#
                .into(),
            false,
        ),
        (r#"{"type":"verification","application_id":"x","stage":1}"#.into(), false),
        (r#"{"type":"withdrawal","application_id":"x"}"#.into(), true),
        (r#"{"type":"withdrawal","application_id":"x","why":"y"}"#.into(), false),
        (r#"{"type":"withdrawal"}"#.into(), false),
        (r#"{"type":"other"}"#.into(), false),
        ("[]".into(), false),
    ] {
        let parsed = Submission::parse(sample.as_bytes()).is_ok();
        let valid = serde_json::from_str(&sample).is_ok_and(|value| validator.is_valid(&value));
        assert_eq!((parsed, valid), (good, good), "{sample}");
    }
}

#[test]
fn openapi_names_every_route_and_no_other() {
    let document = include_str!("../openapi.yaml");
    let mut described: Vec<&str> = document
        .lines()
        .filter_map(|line| line.strip_prefix("  /")?.strip_suffix(':'))
        .collect();
    described.sort_unstable();
    let sources = [
        include_str!("../src/http/mod.rs"),
        include_str!("../../runtime/src/health.rs"),
    ];
    let mut routes: Vec<&str> = sources
        .iter()
        .flat_map(|source| source.split(".route(").skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix("\"/")?.split('"').next())
        .collect();
    routes.sort_unstable();
    assert_eq!(described, routes);
}
