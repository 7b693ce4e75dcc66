//! The service over HTTP, as browsers, clients and HR systems meet it: one file a route, each test
//! on both databases.

mod oauth;
mod scim;
mod password;
mod sign_in;
