use super::{Data, Series, series};
use serde_json::{Value, json};

fn read(result_type: &str, result: Value) -> Result<Vec<Series>, String> {
    series(&Data {
        result_type: result_type.to_owned(),
        result,
    })
}

#[test]
fn vectors_matrices_and_scalars_are_series() {
    let vector = read(
        "vector",
        json!([{ "metric": { "job": "shop" }, "value": [1_700_000_000.5, "0.25"] }]),
    );
    let vector = vector.unwrap();
    assert_eq!(vector[0].labels["job"], "shop");
    assert_eq!(vector[0].values[0].0.as_millisecond(), 1_700_000_000_500);
    let matrix = read(
        "matrix",
        json!([{ "metric": {}, "values": [[1, "1"], [2, "+Inf"], [3, "NaN"]] }]),
    );
    let values: Vec<f64> = matrix.unwrap()[0].values.iter().map(|v| v.1).collect();
    assert!(values[0] == 1.0 && values[1].is_infinite() && values[2].is_nan());
    assert_eq!(read("scalar", json!([1, "7"])).unwrap()[0].values[0].1, 7.0);
    assert_eq!(read("vector", json!([])), Ok(Vec::new()));
}

#[test]
fn what_is_no_series_is_refused() {
    assert!(read("string", json!([1, "text"])).is_err());
    assert!(read("vector", json!({})).is_err());
    assert!(read("scalar", json!([1, "seven"])).is_err());
    assert!(read("scalar", json!([1e300, "1"])).is_err());
}
