//! Latchkey app.
