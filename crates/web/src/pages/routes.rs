//! The hosted pages, by path.

use std::sync::Arc;

use crate::routes::Routes;
use crate::state::Web;

/// All routes of the hosted pages.
pub fn routes(_web: &Arc<Web>) -> Routes {
    Routes::default()
}
