//! From words to the tree, by recursive descent; `and` binds tighter than `or`.

use super::lexer::{Placed, Token, tokens, unexpected};
use super::{Comparison, Filter, Literal, MAX_DEPTH, Operator};
use crate::error::ScimError;
use crate::name::AttributePath;
use crate::quirks;
use std::iter::Peekable;
use std::vec::IntoIter;

pub(crate) struct Parser {
    tokens: Peekable<IntoIter<Placed>>,
    depth: usize,
    end: usize,
}

/// Reads what stands between the brackets of a value path.
pub(crate) fn parse_inner(text: &str) -> Result<Filter, ScimError> {
    let mut parser = Parser::new(text)?;
    let filter = parser.either(true)?;
    parser.nothing_left()?;
    Ok(filter)
}

impl Parser {
    pub(crate) fn new(text: &str) -> Result<Self, ScimError> {
        Ok(Self {
            tokens: tokens(text)?.into_iter().peekable(),
            depth: 0,
            end: text.len(),
        })
    }

    pub(crate) fn whole(mut self) -> Result<Filter, ScimError> {
        let filter = self.either(false)?;
        self.nothing_left()?;
        Ok(filter)
    }

    fn nothing_left(&mut self) -> Result<(), ScimError> {
        match self.tokens.next() {
            None => Ok(()),
            Some((at, token)) => Err(unexpected(&shown(&token), at)),
        }
    }

    fn either(&mut self, inner: bool) -> Result<Filter, ScimError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ScimError::filter(format!(
                "A filter may nest at most {MAX_DEPTH} deep."
            )));
        }
        let mut parts = vec![self.both(inner)?];
        while self.take_word("or") {
            parts.push(self.both(inner)?);
        }
        self.depth -= 1;
        Ok(joined(parts, Filter::Or))
    }

    fn both(&mut self, inner: bool) -> Result<Filter, ScimError> {
        let mut parts = vec![self.term(inner)?];
        while self.take_word("and") {
            parts.push(self.term(inner)?);
        }
        Ok(joined(parts, Filter::And))
    }

    fn term(&mut self, inner: bool) -> Result<Filter, ScimError> {
        match self.next("a comparison")? {
            (_, Token::Mark('(')) => self.rest_of_group(inner),
            (at, Token::Word(word)) => {
                if word.eq_ignore_ascii_case("not") && self.take_mark('(') {
                    return Ok(Filter::Not(Box::new(self.rest_of_group(inner)?)));
                }
                let path = name(&word, at)?;
                if self.take_mark('[') {
                    if inner {
                        return Err(unexpected("'['", at + word.len()));
                    }
                    return self.value_path(path);
                }
                self.comparison(path)
            }
            (at, token) => Err(unexpected(&shown(&token), at)),
        }
    }

    fn rest_of_group(&mut self, inner: bool) -> Result<Filter, ScimError> {
        let filter = self.either(inner)?;
        self.expect_mark(')')?;
        Ok(filter)
    }

    fn value_path(&mut self, path: AttributePath) -> Result<Filter, ScimError> {
        let inside = self.either(true)?;
        self.expect_mark(']')?;
        if let Some((at, Token::Word(word))) = self.tokens.peek()
            && let Some(sub) = word.strip_prefix('.')
        {
            let sub = name(sub, *at + 1)?;
            self.tokens.next();
            let compared = self.comparison(sub)?;
            return Ok(quirks::compared_value_path(path, inside, compared));
        }
        Ok(Filter::ValuePath(path, Box::new(inside)))
    }

    fn comparison(&mut self, path: AttributePath) -> Result<Filter, ScimError> {
        let (at, token) = self.next("an operator")?;
        let Token::Word(word) = &token else {
            return Err(unexpected(&shown(&token), at));
        };
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let operator = Operator::parse(word).ok_or_else(|| {
            ScimError::filter(format!(
                "{word:?} at position {at} is no operator; there are eq, ne, co, sw, ew, pr, gt, ge, lt and le."
            ))
        })?;
        let value = match self.next("a value")? {
            (_, Token::Text(text)) => Literal::String(text),
            (at, Token::Word(word)) => literal(&word).ok_or_else(|| {
                ScimError::filter(format!(
                    "{word:?} at position {at} is no value; text stands in double quotes."
                ))
            })?,
            (at, token) => return Err(unexpected(&shown(&token), at)),
        };
        Ok(Filter::Compare(Comparison {
            path,
            operator,
            value,
        }))
    }

    fn next(&mut self, expected: &str) -> Result<Placed, ScimError> {
        let end = self.end;
        self.tokens
            .next()
            .ok_or_else(|| ScimError::filter(format!("{expected} is missing at the end (position {end}).")))
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        self.tokens
            .next_if(|(_, token)| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(wanted)))
            .is_some()
    }

    fn take_mark(&mut self, wanted: char) -> bool {
        self.tokens
            .next_if(|(_, token)| *token == Token::Mark(wanted))
            .is_some()
    }

    fn expect_mark(&mut self, wanted: char) -> Result<(), ScimError> {
        match self.next(&format!("{wanted:?}"))? {
            (_, Token::Mark(mark)) if mark == wanted => Ok(()),
            (at, token) => Err(ScimError::filter(format!(
                "{} at position {at} is unexpected; {wanted:?} is missing.",
                shown(&token)
            ))),
        }
    }
}

impl Operator {
    fn parse(word: &str) -> Option<Self> {
        const ALL: [Operator; 9] = [
            Operator::Eq,
            Operator::Ne,
            Operator::Co,
            Operator::Sw,
            Operator::Ew,
            Operator::Gt,
            Operator::Ge,
            Operator::Lt,
            Operator::Le,
        ];
        ALL.into_iter()
            .find(|operator| operator.as_str().eq_ignore_ascii_case(word))
    }
}

fn joined(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

fn literal(word: &str) -> Option<Literal> {
    match word {
        _ if word.eq_ignore_ascii_case("true") => Some(Literal::Boolean(true)),
        _ if word.eq_ignore_ascii_case("false") => Some(Literal::Boolean(false)),
        _ if word.eq_ignore_ascii_case("null") => Some(Literal::Null),
        _ => serde_json::from_str(word).ok().map(Literal::Number),
    }
}

fn name(word: &str, at: usize) -> Result<AttributePath, ScimError> {
    AttributePath::parse(word)
        .map_err(|error| ScimError::filter(format!("At position {at}: {}", error.detail)))
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("{word:?}"),
        Token::Text(_) => "A string".to_owned(),
        Token::Mark(mark) => format!("{mark:?}"),
    }
}
