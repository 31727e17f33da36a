package upstreamtest

import (
	"net/http"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

const (
	bodyType = "application/x-www-form-urlencoded"
	formBody = "order=1"
)

// site is a diagnosis by which the site must act. The status is written out, not taken
// from diagnosis: a test must not ask what it tests.
func site(t diagnosis.Type, status int, p diagnosis.Phase, o diagnosis.Outcome, hint string) diagnosis.Diagnosis {
	return diagnosis.Diagnosis{Type: t, Status: status, Phase: p, Party: diagnosis.Site, Outcome: o, Hint: hint}
}

// unfound is a fault of the look-up.
func unfound(t diagnosis.Type, status int, hint string) diagnosis.Diagnosis {
	return site(t, status, diagnosis.Lookup, diagnosis.NotSent, hint)
}

// unconnected is a fault before there was a connection that could take the request.
func unconnected(t diagnosis.Type, status int, hint string) diagnosis.Diagnosis {
	return site(t, status, diagnosis.Connect, diagnosis.NotSent, hint)
}

// atGateway is a fault of the gateway itself: it has no place in the cycle.
func atGateway(t diagnosis.Type, status int, hint string) diagnosis.Diagnosis {
	return site(t, status, "", diagnosis.NotSent, hint)
}

// unsent is a fault while the request was being sent.
func unsent(t diagnosis.Type, status int, hint string) diagnosis.Diagnosis {
	return site(t, status, diagnosis.Send, diagnosis.OutcomeUnknown, hint)
}

// unprocessed is a refusal by which the upstream promises that it did not act on the request,
// whose bytes it has (RFC 9113 §8.7).
func unprocessed(t diagnosis.Type, status int, hint string) diagnosis.Diagnosis {
	return site(t, status, diagnosis.Receive, diagnosis.NotSent, hint)
}

// unanswered is a fault after the request, of which nothing is known.
func unanswered(t diagnosis.Type, status int, hint string) diagnosis.Diagnosis {
	return site(t, status, diagnosis.Receive, diagnosis.OutcomeUnknown, hint)
}

// answered is a fault in an answer that had begun.
func answered(t diagnosis.Type, hint string) diagnosis.Diagnosis {
	return site(t, http.StatusBadGateway, diagnosis.Receive, diagnosis.Answered, hint)
}

// says is an upstream that reads the request and says text.
func says(name, about, text string, want diagnosis.Diagnosis) Case {
	return Case{Name: name, About: about, Want: want, start: serve("http", answer(text))}
}

// posted is c from a visitor who sends a form.
func posted(c Case) Case {
	c.Method, c.body = http.MethodPost, formBody
	return c
}

// withBody is c again, from a visitor who sends a form. It is what tells whether a POST
// may be repeated.
func withBody(c Case) Case {
	c.Name += "_post"
	c.About = strings.TrimSuffix(c.About, ".") + "; the visitor had sent a form."
	return posted(c)
}
