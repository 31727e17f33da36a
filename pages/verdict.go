package pages

import (
	"slices"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// verdict returns the sentence on whose fault it is.
func (v View) verdict(voice Voice) string {
	sure := v.Verdict.Confidence == diagnosis.Sure
	switch {
	case v.Verdict.Cookies:
		return "verdict.cookies.likely"
	case v.isOurs() && v.Verdict.Side == diagnosis.SideVisitor:
		return "verdict.site.sure"
	case v.noSite():
		return "verdict.network.sure"
	case v.nothingBehind():
		return "verdict.front.sure"
	case v.isAnybodys(voice):
		return "verdict.unknown"
	case v.isOurs() && voice == VoiceThird:
		return "verdict.front.sure"
	case v.isElsewhere(): // the gateway's people do not run the site that failed
		voice = VoiceThird
	}
	switch v.Verdict.Party {
	case diagnosis.Visitor:
		return "verdict.visitor.sure"
	case diagnosis.Network:
		return "verdict.network.likely"
	case diagnosis.Site:
		who := "verdict.site"
		if voice == VoiceThird {
			who = "verdict.third"
		}
		if sure {
			return who + ".sure"
		}
		return who + ".likely"
	}
	return "verdict.unknown"
}

// sentences are what is said of whose fault it is, the first one loudly.
func (s story) sentences() []string {
	var ids []string
	if s.verdict != "" {
		ids = append(ids, s.verdict)
	}
	if s.blameless {
		ids = append(ids, "verdict.blameless")
	}
	if s.scope != "" {
		ids = append(ids, s.scope)
	}
	return ids
}

// scope returns what is said of others.
func (v View) scope() string {
	switch {
	case v.Verdict.Side == diagnosis.SideVisitor: // there it is about sites, which the verdict says
		return ""
	case v.Verdict.Scope == diagnosis.ScopeOthers && !v.Verdict.Since.IsZero():
		return "scope.others.since"
	case v.Verdict.Scope == diagnosis.ScopeOthers:
		return "scope.others"
	case v.Verdict.Scope == diagnosis.ScopeSome:
		return "scope.some"
	case v.Verdict.Scope == diagnosis.ScopeYou:
		return "scope.you"
	}
	return ""
}

// nothingBehind reports a gateway that reaches none of its upstreams: the fault is there.
func (v View) nothingBehind() bool {
	return v.Verdict.Scope == diagnosis.ScopeAll && v.Verdict.Party == diagnosis.Site && v.Verdict.Side != diagnosis.SideVisitor && v.Diagnosis.Unreached()
}

// isOurs reports a fault of the gateway itself, whoever runs what is behind it.
func (v View) isOurs() bool {
	d := v.Diagnosis
	switch {
	case d.Party != diagnosis.Site, v.Verdict.Confidence != diagnosis.Sure, v.Verdict.Cookies, d.Phase == diagnosis.Receive:
		return false
	case v.Verdict.Side == diagnosis.SideVisitor:
		return v.Verdict.Party == diagnosis.Network && !v.noSite()
	}
	return v.isForwardProxy() || slices.Contains(gatewayFaults, d.Type)
}

// isForwardProxy reports a forward proxy of ours that does not answer as one.
func (v View) isForwardProxy() bool {
	return v.Diagnosis.Type == diagnosis.HTTPProtocolError && v.Diagnosis.Phase == diagnosis.Connect
}

// gatewayFaults are the types of a fault of the gateway that reports it.
var gatewayFaults = []diagnosis.Type{
	diagnosis.ProxyInternalError, diagnosis.ProxyInternalResponse, diagnosis.ProxyConfigurationError,
	diagnosis.ProxyLoopDetected, diagnosis.DestinationNotFound, diagnosis.DestinationIPProhibited,
}

// isRelayed reports such a fault of another gateway, behind this one.
func (v View) isRelayed() bool {
	return v.Diagnosis.Phase == diagnosis.Receive && slices.Contains(gatewayFaults, v.Diagnosis.Type)
}

// isAnybodys reports a status that some handler of the gateway chose, which may stand for the
// site, where the two have not one owner.
func (v View) isAnybodys(voice Voice) bool {
	d := v.Diagnosis
	return d.Type == "" && d.Phase == "" && d.Party == diagnosis.Site && (voice == VoiceThird || v.Verdict.Side == diagnosis.SideVisitor)
}

// noSite reports a gateway of the visitor's side that reaches no site at all.
func (v View) noSite() bool {
	return v.Verdict.Side == diagnosis.SideVisitor && v.Verdict.Party == diagnosis.Network && v.Verdict.Confidence == diagnosis.Sure && v.Diagnosis.Unreached() && v.Verdict.Scope == diagnosis.ScopeAll
}

// isElsewhere reports a fault of one site behind a gateway of the visitor's side: those who
// run the gateway can do nothing.
func (v View) isElsewhere() bool {
	return v.Verdict.Side == diagnosis.SideVisitor && v.Verdict.Party == diagnosis.Site
}
