package pages

import (
	"net/http"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A telling is what the page says about one kind of failure.
type telling struct {
	headline, lead, state string
}

var tellings = map[diagnosis.Type]telling{
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
var unreadable = telling{"headline.site", "lead.unreadable", "state.unreadable"}

func (v View) tell() telling {
	d := v.Diagnosis
	t, ok := tellings[d.Type]
	switch {
	case v.Verdict.Cookies:
		if v.isRefusal() {
			t = v.tellRefusal()
		} else if !ok {
			t = unreadable
		}
		t.headline, t.lead = "headline.cookies", "lead.cookies"
		return t
	case v.isOurs() && v.Verdict.Side == diagnosis.SideVisitor:
		return telling{"headline.internal", "lead.internal", "state.not_reached"}
	case v.noSite():
		return telling{"headline.network", "lead.network", "state.not_reached"}
	case v.nothingBehind():
		return telling{"headline.gateway", "lead.front", "state.not_reached"}
	case v.isRelayed():
		return telling{"headline.site", "lead.empty", "state.problem"}
	case v.isRefusal():
		return v.tellRefusal()
	case d.Party == diagnosis.Unknown, d.Party == "":
		return telling{"headline.unknown", "lead.unknown", "state.not_reached"}
	case d.Type == "" && d.Phase == "":
		return telling{"headline.internal", "lead.internal", "state.problem"}
	case d.Type == "" && d.Status == http.StatusGatewayTimeout:
		return telling{"headline.slow", "lead.empty", "state.problem"}
	case d.Type == "":
		return telling{"headline.site", "lead.empty", "state.problem"}
	case d.Type == diagnosis.ProxyInternalError && d.Status == http.StatusServiceUnavailable:
		return telling{"headline.gateway", "lead.gateway", "state.not_reached"}
	case v.isForwardProxy():
		return telling{"headline.gateway", "lead.gateway", "state.not_reached"}
	case d.Type == diagnosis.HTTPUpgradeFailed && d.Phase == diagnosis.Send: // it could not be asked for: nothing came back
		return telling{"headline.internal", "lead.internal", "state.not_reached"}
	case d.Type == diagnosis.ConnectionTerminated && d.Phase == diagnosis.Send:
		t.lead = "lead.send"
	case !ok:
		return unreadable
	}
	return t
}
