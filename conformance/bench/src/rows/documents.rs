//! Discovery and JWKS: rendered once, sent from memory.

use crate::measure::{Bench, Same};
use crate::report::Kind;
use crate::rows::CONNECTIONS;
use crate::wire::Ask;

pub const DISCOVERY: &str = "/.well-known/openid-configuration";
pub const JWKS: &str = "/oauth2/jwks";

const ROWS: [(Kind, &str, &str); 2] = [
    (
        Kind::ratio("discovery", "discovery", 0.9),
        DISCOVERY,
        "/discovery",
    ),
    (Kind::ratio("jwks", "JWKS", 0.9), JWKS, "/jwks"),
];

pub async fn rows(bench: &mut Bench) {
    for (kind, path, bare) in ROWS {
        if !bench.wants(kind.id) {
            continue;
        }
        let measured = bench.at_node(CONNECTIONS, || Same(Ask::get(path)));
        let reference = bench.at_reference(CONNECTIONS, &Ask::get(bare));
        let row = bench.compare(kind, measured, ("static JSON", reference)).await;
        bench.keep(kind, row);
    }
}
