package pages

import (
	"net/http"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// notOpen are the statuses that say by their definition that something is not open to who asks
// (RFC 9110 §15.5, RFC 7725).
var notOpen = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnavailableForLegalReasons}

// isRefusal reports a request that somebody would not have: by its type, whoever it was.
func (v View) isRefusal() bool {
	return v.Diagnosis.Type == diagnosis.HTTPRequestError || v.Diagnosis.Type == diagnosis.HTTPRequestDenied
}

// isOwnRefusal reports one by our front door, of which the page knows more than the status:
// that the request could not be read, or was too big, or did not come as a whole.
func (v View) isOwnRefusal() bool {
	d := v.Diagnosis
	switch {
	case !v.isRefusal(), d.Outcome == diagnosis.Answered, d.Status >= 500:
		return false
	case d.Type == diagnosis.HTTPRequestDenied:
		return true
	}
	return slices.Contains([]int{http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusRequestHeaderFieldsTooLarge}, d.Status)
}

// tellRefusal tells no more than the type of a refusal and its status say: the same type stands
// for what is not found, comes too often, or nobody may see.
func (v View) tellRefusal() telling {
	d := v.Diagnosis
	t := telling{"headline.unknown", "lead.internal", "state.unknown"}
	switch {
	case d.Status >= 500 && d.Party == diagnosis.Site && d.Outcome == diagnosis.Answered: // another gateway says so of itself
		return telling{"headline.site", "lead.empty", "state.problem"}
	case d.Status == http.StatusRequestEntityTooLarge && d.Party == diagnosis.Visitor:
		t.headline, t.lead = "headline.too_big", "lead.too_big"
		if d.Limit > 0 {
			t.lead = "lead.too_big.limit"
		}
	case slices.Contains(notOpen, d.Status):
		t.headline = "headline.denied"
	case d.Status == http.StatusBadRequest && d.Type == diagnosis.HTTPRequestError:
		t.headline = "headline.bad_request" // by the site, or at our front door
	}
	if !v.isOwnRefusal() {
		return t
	}
	t.state = "state.not_reached"
	switch {
	case d.Type == diagnosis.HTTPRequestDenied:
		t.lead = "lead.denied"
	case d.Status == http.StatusRequestTimeout, d.Party == diagnosis.Network:
		t.headline, t.lead = "headline.cut_short", "lead.cut_short"
	case d.Status == http.StatusBadRequest:
		t.lead = "lead.bad_request"
	}
	return t
}
