//! The service over HTTP, as browsers, clients and HR systems meet it: one file a route, each test
//! on both databases.

mod accounts;
mod administration;
mod attacks;
mod audit;
mod invitation;
mod oauth;
mod password;
mod scim;
mod sign_in;
mod terms;
