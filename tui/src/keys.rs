//! What keys do: several keys an action, all of them to be changed in the settings.

use std::collections::BTreeMap;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

macro_rules! actions {
    ($($action:ident $name:literal [$($key:literal),*] $says:literal),* $(,)?) => {
        /// What a key may do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each says in ACTIONS what it does")]
        pub enum Action { $($action),* }

        /// Actions with their names in the settings, their keys, and what they do.
        pub const ACTIONS: &[(Action, &str, &[&str], &str)] =
            &[$((Action::$action, $name, &[$($key),*], $says)),*];
    };
}

actions! {
    Help "help" ["?", "h", "f1"] "what the keys do here",
    Back "back" ["esc", "backspace"] "back; clears the filter first",
    Quit "quit" ["q"] "back, and from a list out",
    Leave "leave" ["Q", "ctrl-c"] "out at once",
    Next "next-view" ["tab", "]"] "next view",
    Previous "previous-view" ["backtab", "["] "view before",
    Up "up" ["up", "k"] "up",
    Down "down" ["down", "j"] "down",
    PageUp "page-up" ["pageup", "ctrl-b"] "a page up",
    PageDown "page-down" ["pagedown", "ctrl-f"] "a page down",
    HalfUp "half-up" ["ctrl-u"] "half a page up",
    HalfDown "half-down" ["ctrl-d"] "half a page down",
    First "first" ["g", "home"] "first row",
    Last "last" ["G", "end"] "last row",
    Open "open" ["enter", "l"] "open what the cursor is on",
    Raw "raw" ["b"] "its bytes, from the capture",
    Filter "filter" ["/"] "filter",
    Sort "sort" ["s"] "order by the next column",
    Turn "turn" ["S"] "turn the order round",
    Columns "columns" ["c"] "choose columns",
    Follow "follow" ["f"] "stay on the newest row",
    Mark "mark" ["m"] "mark the row",
    Unmark "unmark" ["M"] "take all marks away",
    Export "export" ["e"] "export what is marked, or shown",
    Freeze "freeze" ["space"] "hold the picture",
    Play "play" ["p"] "play from here",
    Faster "faster" ["+", "="] "play faster",
    Slower "slower" ["-"] "play slower",
    Earlier "earlier" [",", "left"] "time cursor back",
    Later "later" [".", "right"] "time cursor on",
    FarEarlier "far-earlier" ["<"] "a tenth of the time back",
    FarLater "far-later" [">"] "a tenth of the time on",
    Jump "jump" ["T"] "jump to a time",
    Start "start" ["0"] "to the beginning",
    Now "now" ["L"] "to the newest",
    Reveal "reveal" ["x"] "show a secret; asks first",
    Privacy "privacy" ["X"] "hide names and texts",
    Theme "theme" ["t"] "next colours",
    Mouse "mouse" ["o"] "mouse off and on",
    Picture "picture" ["P"] "write this screen to files",
    Redraw "redraw" ["ctrl-l"] "draw the screen anew",
}

/// Which key does what.
#[derive(Clone, Debug)]
pub struct Keys(BTreeMap<String, Action>);

impl Default for Keys {
    fn default() -> Self {
        let all = ACTIONS
            .iter()
            .flat_map(|(action, _, keys, _)| keys.iter().map(|key| ((*key).to_owned(), *action)));
        Self(all.collect())
    }
}

impl Keys {
    /// Gives an action other keys than it had. A key that did something else does this now.
    pub fn bind(&mut self, name: &str, keys: &[String]) -> Result<(), String> {
        let known = ACTIONS.iter().find(|(_, known, ..)| *known == name);
        let Some((action, ..)) = known else { return Err(format!("there is no action {name:?}")) };
        if let Some(bad) = keys.iter().find(|key| !is_key(key)) {
            return Err(format!("{bad:?} is no key"));
        }
        self.0.retain(|_, bound| bound != action);
        self.0.extend(keys.iter().map(|key| (key.clone(), *action)));
        Ok(())
    }

    /// What a key does.
    pub fn action(&self, key: KeyEvent) -> Option<Action> {
        self.0.get(&name(key)?).copied()
    }

    /// The keys of an action, as they are written.
    pub fn of(&self, action: Action) -> Vec<&str> {
        let mut keys: Vec<_> =
            self.0.iter().filter(|(_, bound)| **bound == action).map(|(key, _)| &**key).collect();
        // Those of the table in its order, others behind them.
        let table =
            ACTIONS.iter().find(|(known, ..)| *known == action).map_or(&[][..], |row| row.2);
        let place = |key: &str| table.iter().position(|one| *one == key).unwrap_or(usize::MAX);
        keys.sort_by_key(|key| place(key));
        keys
    }
}

/// How a key is written in the settings.
fn name(key: KeyEvent) -> Option<String> {
    let plain = match key.code {
        KeyCode::Char(' ') => "space".into(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("f{number}"),
        code => NAMED.iter().find(|(_, known)| *known == code)?.0.to_owned(),
    };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    let (control, alt) = (if control { "ctrl-" } else { "" }, if alt { "alt-" } else { "" });
    Some(format!("{control}{alt}{plain}"))
}

fn is_key(key: &str) -> bool {
    let bare = key.strip_prefix("ctrl-").unwrap_or(key);
    let bare = bare.strip_prefix("alt-").unwrap_or(bare);
    let function = bare.strip_prefix('f').and_then(|number| number.parse::<u8>().ok());
    bare.chars().count() == 1
        || bare == "space"
        || function.is_some_and(|number| (1..=24).contains(&number))
        || NAMED.iter().any(|(name, _)| *name == bare)
}

const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

/// The key events of a text such as `2 j j enter / a b c enter`: for recorded sessions.
pub fn typed(text: &str) -> Vec<KeyEvent> {
    text.split_whitespace().filter_map(one).collect()
}

fn one(word: &str) -> Option<KeyEvent> {
    let (bare, modifiers) = match word.strip_prefix("ctrl-") {
        Some(bare) => (bare, KeyModifiers::CONTROL),
        None => (word, KeyModifiers::NONE),
    };
    let code = match NAMED.iter().find(|(name, _)| *name == bare) {
        Some((_, code)) => *code,
        None if bare == "space" => KeyCode::Char(' '),
        None => {
            let mut chars = bare.chars();
            chars.next().filter(|_| chars.next().is_none()).map(KeyCode::Char)?
        }
    };
    Some(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_does_two_things() {
        let mut seen = BTreeSet::new();
        for (_, name, keys, _) in ACTIONS {
            for key in *keys {
                assert!(is_key(key), "{name}: {key}");
                assert!(seen.insert(*key), "{key} is bound twice");
            }
        }
    }

    #[test]
    fn an_action_may_have_several_keys_and_they_may_be_others() {
        let mut keys = Keys::default();
        let down = |keys: &Keys, key: &str| keys.action(typed(key)[0]) == Some(Action::Down);
        assert!(down(&keys, "j") && down(&keys, "down"));
        keys.bind("down", &["n".into(), "ctrl-n".into()]).unwrap();
        assert!(down(&keys, "n") && down(&keys, "ctrl-n") && !down(&keys, "j"));
        assert_eq!(keys.of(Action::Down), ["ctrl-n", "n"]);
        assert!(keys.bind("fly", &[]).is_err());
        assert!(keys.bind("down", &["hyper-x".into()]).is_err());
    }
}
