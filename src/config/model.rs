//! What a model may cost: steps, tokens, money and time of a turn, and of a principal's day.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ConfigError;

/// What a model may cost. Tokens are those that its server tells, else estimated (`llm::estimate`); money is in US dollars.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelBudget {
    /// `TRIALOGUE_MODEL_STEPS`: how often it is asked in a turn, the rewriting of an answer apart, 8 unless set.
    pub steps: usize,
    /// `TRIALOGUE_MODEL_SECONDS`: how long it may take of a turn, 90 s unless set.
    pub time: Duration,
    /// `TRIALOGUE_MODEL_CONTEXT_TOKENS`: the most tokens of one request, by the estimate, 32,000 unless set.
    pub context_tokens: u64,
    /// `TRIALOGUE_MODEL_TURN_TOKENS`: the most tokens of a turn, 200,000 unless set.
    pub turn_tokens: u64,
    /// `TRIALOGUE_MODEL_TURN_COST`: the most that a turn may cost, in dollars; any unless set.
    pub turn_cost: Option<f64>,
    /// `TRIALOGUE_MODEL_DAY_TOKENS`: the most tokens of one principal on a day (UTC), 5,000,000 unless set. Of the service only.
    pub day_tokens: u64,
    /// `TRIALOGUE_MODEL_DAY_COST`: the most that one principal may cost on a day (UTC), in dollars; any unless set. Of the service only.
    pub day_cost: Option<f64>,
    /// `TRIALOGUE_MODEL_PRICE`: without it nothing is known of cost.
    pub price: Option<Price>,
}

/// What tokens cost.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// A million tokens of requests, in dollars.
    pub input: f64,
    /// A million tokens of replies, in dollars.
    pub output: f64,
}

/// Tokens of a million.
const MILLION: f64 = 1_000_000.0;

impl Price {
    /// What so many tokens cost, in dollars.
    #[must_use]
    pub fn of(self, input_tokens: u64, output_tokens: u64) -> f64 {
        (self.input * input_tokens as f64 + self.output * output_tokens as f64) / MILLION
    }
}

impl Default for ModelBudget {
    fn default() -> Self {
        Self {
            steps: 8,
            time: Duration::from_secs(90),
            context_tokens: 32_000,
            turn_tokens: 200_000,
            turn_cost: None,
            day_tokens: 5_000_000,
            day_cost: None,
            price: None,
        }
    }
}

impl ModelBudget {
    /// Reads the environment over the defaults. `variable` gives the value of a variable that is set.
    ///
    /// # Errors
    /// Where a value is no number that fits, and where cost is bounded without a price: such a bound would hold nothing back.
    pub fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, ConfigError> {
        let default = Self::default();
        let count = |name, default: usize| super::count(name, variable(name), default).map(|setting| setting.value);
        let tokens = |name, default: u64| tokens(name, variable(name), default);
        let dollars = |name| variable(name).map(|value| dollars(name, value)).transpose();
        let budget = Self {
            steps: count("TRIALOGUE_MODEL_STEPS", default.steps)?,
            time: Duration::from_secs(count("TRIALOGUE_MODEL_SECONDS", 90)? as u64),
            context_tokens: tokens("TRIALOGUE_MODEL_CONTEXT_TOKENS", default.context_tokens)?,
            turn_tokens: tokens("TRIALOGUE_MODEL_TURN_TOKENS", default.turn_tokens)?,
            turn_cost: dollars("TRIALOGUE_MODEL_TURN_COST")?,
            day_tokens: tokens("TRIALOGUE_MODEL_DAY_TOKENS", default.day_tokens)?,
            day_cost: dollars("TRIALOGUE_MODEL_DAY_COST")?,
            price: variable("TRIALOGUE_MODEL_PRICE").map(|value| price("TRIALOGUE_MODEL_PRICE", value)).transpose()?,
        };
        let bounded = [("TRIALOGUE_MODEL_TURN_COST", budget.turn_cost), ("TRIALOGUE_MODEL_DAY_COST", budget.day_cost)];
        match bounded.into_iter().find_map(|(name, dollars)| Some((name, dollars?))) {
            Some((name, dollars)) if budget.price.is_none() => {
                let expected = "possible without the price: set `TRIALOGUE_MODEL_PRICE` to dollars a million tokens, such as `0.40/1.60`";
                Err(ConfigError { name, value: dollars.to_string(), expected })
            }
            Some(_) | None => Ok(budget),
        }
    }

    /// What bounds a turn, as the variables that would set it: [`Self::read`] makes the same bounds of them.
    #[must_use]
    pub fn of_a_turn(&self) -> BTreeMap<String, String> {
        let mut bounds = vec![
            ("TRIALOGUE_MODEL_STEPS", self.steps.to_string()),
            ("TRIALOGUE_MODEL_SECONDS", self.time.as_secs().to_string()),
            ("TRIALOGUE_MODEL_CONTEXT_TOKENS", self.context_tokens.to_string()),
            ("TRIALOGUE_MODEL_TURN_TOKENS", self.turn_tokens.to_string()),
        ];
        // A price alone bounds nothing.
        if let (Some(dollars), Some(price)) = (self.turn_cost, self.price) {
            bounds.push(("TRIALOGUE_MODEL_TURN_COST", dollars.to_string()));
            bounds.push(("TRIALOGUE_MODEL_PRICE", format!("{}/{}", price.input, price.output)));
        }
        bounds.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// What so many tokens cost, in dollars; nothing is known without a price.
    #[must_use]
    pub fn cost(&self, input_tokens: u64, output_tokens: u64) -> Option<f64> {
        self.price.map(|price| price.of(input_tokens, output_tokens))
    }

    /// Which budget of a turn so many tokens pass, in words.
    #[must_use]
    pub fn passed_in_turn(&self, input_tokens: u64, output_tokens: u64) -> Option<String> {
        let passed = passed(self.turn_tokens, self.turn_cost, input_tokens + output_tokens, self.cost(input_tokens, output_tokens));
        passed.map(|what| format!("a turn may take {what} of a model"))
    }

    /// Which budget of a day so many tokens use up, in words.
    #[must_use]
    pub fn passed_in_day(&self, input_tokens: u64, output_tokens: u64) -> Option<String> {
        let passed = passed(self.day_tokens, self.day_cost, input_tokens + output_tokens, self.cost(input_tokens, output_tokens));
        passed.map(|what| format!("your {what} of a model for today (UTC) are used up"))
    }
}

fn passed(most_tokens: u64, most_cost: Option<f64>, tokens: u64, cost: Option<f64>) -> Option<String> {
    if tokens >= most_tokens {
        return Some(format!("{most_tokens} tokens"));
    }
    let most_cost = most_cost?;
    (cost? >= most_cost).then(|| format!("{most_cost} dollars"))
}

fn tokens(name: &'static str, value: Option<String>, default: u64) -> Result<u64, ConfigError> {
    let Some(value) = value else { return Ok(default) };
    match value.trim().parse::<u64>() {
        Ok(number) if (1_000..=1_000_000_000_000).contains(&number) => Ok(number),
        _ => Err(ConfigError { name, value, expected: "a whole number from 1000 to 1000000000000" }),
    }
}

fn dollars(name: &'static str, value: String) -> Result<f64, ConfigError> {
    match value.trim().parse::<f64>() {
        Ok(dollars) if dollars.is_finite() && dollars > 0.0 => Ok(dollars),
        _ => Err(ConfigError { name, value, expected: "a number of dollars above 0 such as `0.25`" }),
    }
}

fn price(name: &'static str, value: String) -> Result<Price, ConfigError> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|dollars| dollars.is_finite() && *dollars >= 0.0);
    match value.split_once('/').map(|(input, output)| (number(input), number(output))) {
        Some((Some(input), Some(output))) => Ok(Price { input, output }),
        _ => Err(ConfigError { name, value, expected: "dollars a million tokens, of requests and of replies, such as `0.40/1.60`" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<ModelBudget, ConfigError> {
        ModelBudget::read(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_bounds_steps_tokens_and_time_but_not_cost() {
        assert_eq!(read(&[]).unwrap(), ModelBudget::default());
        assert_eq!(ModelBudget::default().passed_in_turn(150_000, 49_999), None);
        assert_eq!(ModelBudget::default().passed_in_turn(150_000, 50_000).unwrap(), "a turn may take 200000 tokens of a model");
    }

    #[test]
    fn cost_is_bounded_by_a_price_and_never_without_one() {
        let error = read(&[("TRIALOGUE_MODEL_DAY_COST", "2")]).unwrap_err();
        assert!(error.name == "TRIALOGUE_MODEL_DAY_COST" && error.to_string().contains("TRIALOGUE_MODEL_PRICE"), "{error}");
        let budget = read(&[("TRIALOGUE_MODEL_DAY_COST", "2"), ("TRIALOGUE_MODEL_PRICE", "0.40/1.60")]).unwrap();
        assert_eq!(budget.cost(1_000_000, 500_000), Some(1.2));
        assert_eq!(budget.passed_in_day(1_000_000, 500_000), None);
        assert!(budget.passed_in_day(1_000_000, 1_000_000).unwrap().contains("2 dollars"));
    }

    #[test]
    fn the_bounds_of_a_turn_are_read_as_they_were_written() {
        let check = |variables: &[(&str, &str)], count: usize| {
            let budget = read(variables).unwrap();
            let bounds = budget.of_a_turn();
            assert_eq!(bounds.len(), count, "{bounds:?}");
            assert_eq!(ModelBudget::read(|name| bounds.get(name).cloned()).unwrap().of_a_turn(), bounds);
        };
        check(&[], 4);
        check(&[("TRIALOGUE_MODEL_PRICE", "0.40/1.60"), ("TRIALOGUE_MODEL_STEPS", "3")], 4);
        check(&[("TRIALOGUE_MODEL_PRICE", "0.40/1.60"), ("TRIALOGUE_MODEL_TURN_COST", "0.25")], 6);
    }

    #[test]
    fn what_is_no_budget_is_refused() {
        for (name, value) in [
            ("TRIALOGUE_MODEL_STEPS", "0"),
            ("TRIALOGUE_MODEL_TURN_TOKENS", "many"),
            ("TRIALOGUE_MODEL_CONTEXT_TOKENS", "1"),
            ("TRIALOGUE_MODEL_TURN_COST", "-1"),
            ("TRIALOGUE_MODEL_PRICE", "0.40"),
            ("TRIALOGUE_MODEL_PRICE", "NaN/1"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err().name, name, "{value}");
        }
    }
}
