//! The words of a cause in a system without an auth service: there, the backend does what that service does elsewhere.

use crate::diagnose::verdict::cause::Cause;

impl Cause {
    /// Names the backend wherever the cause names the auth service. Leaves what it quotes from logs and responses.
    pub(super) fn without_auth_service(mut self) -> Self {
        let texts = [Some(&mut self.title), self.fix.as_mut(), self.verify.as_mut()].into_iter().flatten();
        let claims = self.whys.iter_mut().map(|why| &mut why.claim);
        let (titles, questions): (Vec<_>, Vec<_>) =
            self.alternatives.iter_mut().map(|one| (&mut one.title, one.settled_by.as_mut())).unzip();
        let asks = questions.into_iter().flatten().chain(self.settled_by.as_mut()).map(|question| &mut question.asks);
        texts.chain(claims).chain(titles).chain(asks).for_each(|text| *text = in_words(text));
        self.involves
            .iter_mut()
            .filter(|service| *service == "auth")
            .for_each(|service| *service = "backend".to_owned());
        self.involves.dedup();
        if let Some(share) = self.suspects.remove("auth") {
            *self.suspects.entry("backend".to_owned()).or_default() += share;
        }
        self
    }
}

fn in_words(text: &str) -> String {
    let text = text.replace("the auth service", "the backend").replace("The auth service", "The backend");
    text.replace("of both services", "of the backend")
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn the_backend_stands_for_the_auth_service() {
        let text = "The auth service refuses the client's login credentials; ask the auth service's owner";
        assert_eq!(in_words(text), "The backend refuses the client's login credentials; ask the backend's owner");
        assert_eq!(in_words("the logs of both services"), "the logs of the backend");
    }
}
