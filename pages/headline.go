package pages

import (
	"net/http"
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// An opening is what a page says of one kind of failure before anything else: headline, lead,
// and the state of the station that failed, as message ids.
type opening struct {
	headline, lead, state string
}

var openings = map[diagnosis.Type]opening{
	diagnosis.DNSTimeout:              {"headline.site", "lead.dns_timeout", "state.not_found"},
	diagnosis.DNSError:                {"headline.site", "lead.dns_error", "state.not_found"},
	diagnosis.DestinationNotFound:     {"headline.gateway", "lead.gateway", "state.not_reached"},
	diagnosis.DestinationUnavailable:  {"headline.site", "lead.unavailable", "state.problem"},
	diagnosis.DestinationIPProhibited: {"headline.gateway", "lead.gateway", "state.not_reached"},
	diagnosis.DestinationIPUnroutable: {"headline.unreachable", "lead.unroutable", "state.unroutable"},
	diagnosis.ConnectionRefused:       {"headline.site", "lead.refused", "state.refused"},
	diagnosis.ConnectionTerminated:    {"headline.site", "lead.hung_up", "state.hung_up"},
	diagnosis.ConnectionTimeout:       {"headline.site", "lead.connect_timeout", "state.silent"},
	diagnosis.ConnectionReadTimeout:   {"headline.slow", "lead.slow", "state.silent"},
	diagnosis.ConnectionWriteTimeout:  {"headline.slow", "lead.stuck", "state.silent"},
	diagnosis.ConnectionLimitReached:  {"headline.busy", "lead.busy", "state.busy"},
	diagnosis.TLSProtocolError:        {"headline.site", "lead.unsafe", "state.unsafe"},
	diagnosis.TLSCertificateError:     {"headline.site", "lead.unsafe", "state.unsafe"},
	diagnosis.TLSAlertReceived:        {"headline.site", "lead.unsafe", "state.unsafe"},
	diagnosis.HTTPResponseIncomplete:  {"headline.site", "lead.incomplete", "state.incomplete"},
	diagnosis.HTTPResponseTimeout:     {"headline.slow", "lead.slow", "state.silent"},
	diagnosis.ProxyInternalResponse:   {"headline.site", "lead.unavailable", "state.problem"},
	diagnosis.ProxyInternalError:      {"headline.internal", "lead.internal", "state.problem"},
	diagnosis.ProxyConfigurationError: {"headline.gateway", "lead.gateway", "state.not_reached"},
	diagnosis.ProxyLoopDetected:       {"headline.gateway", "lead.gateway", "state.not_reached"},
}

// frontDoorLeads speak of a front door, which a gateway of the visitor's side is not.
var frontDoorLeads = []string{
	"lead.dns_error", "lead.dns_timeout", "lead.refused", "lead.connect_timeout", "lead.unroutable", "lead.unsafe",
	"lead.hung_up", "lead.send", "lead.busy", "lead.unavailable", "lead.unknown",
}

// unreadable is told for all ways in which an answer made no sense.
var unreadable = opening{"headline.site", "lead.unreadable", "state.unreadable"}

// opening chooses what is said first: by what is known of whose fault it is, then by type.
func (v View) opening() opening {
	d := v.Diagnosis
	t, ok := openings[d.Type]
	switch {
	case v.Verdict.Cookies:
		if v.isRefusal() {
			t = v.refusalOpening()
		} else if !ok {
			t = unreadable
		}
		t.headline, t.lead = "headline.cookies", "lead.cookies"
		return t
	case v.isOurs() && v.Verdict.Side == diagnosis.SideVisitor: // an office's own proxy: no site has failed
		return opening{"headline.internal", "lead.internal", "state.not_reached"}
	case v.noSite():
		return opening{"headline.network", "lead.network", "state.not_reached"}
	case v.nothingBehind(): // all upstreams fail: then none of them is the cause
		return opening{"headline.gateway", "lead.front", "state.not_reached"}
	case v.isRelayed(): // the type is what another gateway said of itself
		return opening{"headline.site", "lead.empty", "state.problem"}
	case v.isRefusal():
		return v.refusalOpening()
	case d.Party == diagnosis.Unknown, d.Party == "":
		return opening{"headline.unknown", "lead.unknown", "state.not_reached"}
	case d.Type == "" && d.Phase == "":
		return opening{"headline.internal", "lead.internal", "state.problem"}
	case d.Type == "" && d.Status == http.StatusGatewayTimeout:
		return opening{"headline.slow", "lead.empty", "state.problem"}
	case d.Type == "":
		return opening{"headline.site", "lead.empty", "state.problem"}
	case d.Type == diagnosis.ProxyInternalError && d.Status == http.StatusServiceUnavailable:
		return opening{"headline.gateway", "lead.gateway", "state.not_reached"}
	case v.isForwardProxy():
		return opening{"headline.gateway", "lead.gateway", "state.not_reached"}
	case d.Type == diagnosis.HTTPUpgradeFailed && d.Phase == diagnosis.Send: // it could not be asked for: nothing came back
		return opening{"headline.internal", "lead.internal", "state.not_reached"}
	case d.Type == diagnosis.ConnectionTerminated && d.Phase == diagnosis.Send:
		t.lead = "lead.send"
	case !ok:
		return unreadable
	}
	return t
}

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

// refusalOpening tells no more than the type of a refusal and its status say: the same type stands
// for what is not found, comes too often, or nobody may see.
func (v View) refusalOpening() opening {
	d := v.Diagnosis
	t := opening{"headline.unknown", "lead.internal", "state.unknown"}
	switch {
	case d.Status >= 500 && d.Party == diagnosis.Site && d.Outcome == diagnosis.Answered: // another gateway says so of itself
		return opening{"headline.site", "lead.empty", "state.problem"}
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
