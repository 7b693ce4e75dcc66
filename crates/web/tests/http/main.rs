//! The service over HTTP, as browsers, clients and HR systems meet it: one file a route, each test
//! on both databases.

mod accounts;
mod administration;
mod apply;
mod attacks;
mod attacks_browser;
mod attacks_overload;
mod audit;
mod headers;
mod invitation;
mod noise;
mod oauth;
mod password;
mod scim;
mod security;
mod sign_in;
mod terms;
