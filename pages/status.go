package pages

import (
	"net/http"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// onlyStatus takes everything away that follows from having seen the failure.
func (v View) onlyStatus() View {
	status := v.Diagnosis.Status
	return View{
		Language: v.Language, Host: v.Host, Frame: v.Frame, StatusOnly: true,
		Diagnosis: diagnosis.Diagnosis{Status: status, Party: diagnosis.Unknown, Outcome: diagnosis.OutcomeUnknown, Retryable: status >= 500},
		Verdict:   diagnosis.Verdict{Party: diagnosis.Unknown, Confidence: diagnosis.CannotTell, Scope: diagnosis.ScopeUnknown},
	}
}

// statusOpenings is what statuses mean by their definition (RFC 9110 §15, RFC 6585 §5):
// as much as whoever sent one must have known.
var statusOpenings = map[int]opening{
	http.StatusBadRequest:                  {headline: "headline.bad_request", lead: "lead.bad_request"},
	http.StatusRequestEntityTooLarge:       {headline: "headline.too_big", lead: "lead.too_big"},
	http.StatusRequestHeaderFieldsTooLarge: {headline: "headline.too_big", lead: "lead.too_big"},
	http.StatusInternalServerError:         {headline: "headline.internal", lead: "lead.internal"},
	http.StatusBadGateway:                  {headline: "headline.site", lead: "lead.unknown"},
	http.StatusServiceUnavailable:          {headline: "headline.site", lead: "lead.unavailable"},
	http.StatusGatewayTimeout:              {headline: "headline.slow", lead: "lead.unknown"},
}

// statusStory is the story of which nothing but the status is known. It has no steps. The
// line is drawn where the definition of the status has a place on it. That a form was not
// sent, or that trying again is safe, nobody knows: the method is not known either.
func (v View) statusStory(brand Brand) story {
	status := v.Diagnosis.Status
	s := story{opening: opening{headline: "headline.unknown", lead: "lead.internal"}, verdict: "verdict.unknown"}
	if told, ok := statusOpenings[status]; ok {
		s.opening = told
	}
	if status == http.StatusInternalServerError && brand.Voice == VoiceThird {
		s.headline = "headline.unknown" // of two, nobody knows whose
	}
	s.state = "state.unknown"
	s.contact = brand.Contact != Contact{}
	switch {
	case status == http.StatusRequestEntityTooLarge, status == http.StatusRequestHeaderFieldsTooLarge:
		s.verdict, s.gap = "verdict.visitor.sure", gapDoor
		s.stations = [4]string{"state.too_big", "state.through", "state.stopped", s.state}
	case status == http.StatusBadGateway, status == http.StatusGatewayTimeout: // only gateways send them
		s.gap = gapBetween
		s.stations = [4]string{"state.working", "state.through", "state.unknown", s.state}
	}
	if status >= 500 {
		s.box, s.retry, s.check = "maybe", true, true
		if brand.Voice != VoiceThird { // to a third party, its own part and the site are two
			s.verdict = "verdict.site.likely" // RFC 9110 §15.6: "the server is aware that it has erred"
		}
	}
	s.advice = statusAdvice(status)
	if s.contact {
		s.advice = append(s.advice, v.inVoice(brand.Voice, "do.tell"))
	}
	return s
}

func statusAdvice(status int) []string {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return []string{"do.smaller"}
	case status == http.StatusRequestHeaderFieldsTooLarge:
		return []string{"do.cookies"}
	case status >= 500:
		return []string{"do.wait", "do.check"}
	}
	return nil
}
