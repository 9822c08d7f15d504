//! What the service says of itself, as it is served: the OpenAPI document is valid, its examples are true, and the page that
//! shows it has all that it needs.

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::served::Served;
use super::support::{folder, judge};

#[tokio::test]
async fn the_description_is_openapi_3_1_to_an_independent_judge() {
    let Some(python) = std::env::var_os("TRIALOGUE_TEST_PYTHON_OPENAPI") else {
        eprintln!("skipped: this needs TRIALOGUE_TEST_PYTHON_OPENAPI, a Python with openapi-spec-validator: run `bash tests/run.sh`");
        return;
    };
    let folder = folder();
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, description_of(&Served::start(&[])).await.to_string()).unwrap();
    let verdict = judge(python.as_ref(), "check_openapi.py", &[file.to_str().unwrap()], folder.path());
    assert!(verdict.starts_with("valid, "), "{verdict}");
}

#[tokio::test]
async fn every_example_of_the_description_gets_the_answer_that_it_shows() {
    let served = Served::start(&[]);
    let description = description_of(&served).await;
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let is_write = operation["x-role"] == "writer";
            if is_write { &mut writes } else { &mut reads }.push((path, method, operation));
        }
    }
    // Writes come last: they change what the reads see.
    let mut compared = 0;
    for (path, method, operation) in reads.into_iter().chain(writes) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let Some(shown) = response["content"].get("application/json").and_then(|content| content.get("example")) else { continue };
            let (url, query) = request_of(path, operation);
            let request = match method.as_str() {
                "get" => served.client.get(served.address.clone() + &url),
                _ => {
                    let body = operation["requestBody"]["content"]["application/json"]["example"].to_string();
                    served.client.post(served.address.clone() + &url).header("content-type", "application/json").body(body)
                }
            };
            let response = request.query(&query).send().await.unwrap();
            assert_eq!(response.status().as_str(), status, "{method} {url}");
            let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            assert!(super::contract::is_alike(&answer, shown), "{method} {url}: {answer:#}");
            compared += 1;
        }
    }
    assert!(compared >= 9, "only {compared} examples");
}

async fn description_of(served: &Served) -> Value {
    serde_json::from_str(&served.get("/openapi.json").await.text().await.unwrap()).unwrap()
}

/// Path and query with the examples of the parameters.
fn request_of(path: &str, operation: &Value) -> (String, Vec<(String, String)>) {
    let (mut path, mut query) = (path.to_owned(), Vec::new());
    for parameter in operation["parameters"].as_array().unwrap() {
        let name = parameter["name"].as_str().unwrap();
        let texts: Vec<String> = match &parameter["example"] {
            Value::Null => continue,
            Value::Array(items) => items.iter().map(text).collect(),
            single => vec![text(single)],
        };
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &texts.join(",")),
            _ => query.extend(texts.into_iter().map(|text| (name.to_owned(), text))),
        }
    }
    (path, query)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn the_page_forbids_foreign_and_inline_code_and_has_its_files() {
    let served = Served::start(&[]);
    let page = served.get("/docs").await;
    let header = |response: &Response, name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let policy = header(&page, "content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(header(&page, "cache-control"), "no-store");
    let page = page.text().await.unwrap();
    for file in page.split('"').filter(|part| part.starts_with("docs/")) {
        let response = served.get(&format!("/{file}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{file}");
        let is_vendored = file.contains("swagger-ui");
        assert_eq!(header(&response, "cache-control").contains("immutable"), is_vendored, "{file}");
        assert_eq!(header(&response, "content-encoding") == "gzip", is_vendored, "{file}");
        let begins_as_gzip = response.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]);
        assert_eq!(begins_as_gzip, is_vendored, "{file}");
    }
}
