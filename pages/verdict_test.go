package pages

import (
	"slices"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestFaultOfTheGateway: it is told as such, never as one of the site of somebody else, nor
// as one of all sites, which nobody has looked at.
func TestFaultOfTheGateway(t *testing.T) {
	for _, kind := range []diagnosis.Type{
		diagnosis.ProxyInternalError, diagnosis.ProxyInternalResponse, diagnosis.ProxyConfigurationError, diagnosis.ProxyLoopDetected,
		diagnosis.DestinationNotFound, diagnosis.DestinationIPProhibited, diagnosis.HTTPProtocolError,
	} {
		for _, tt := range []struct {
			name    string
			brand   Brand
			side    diagnosis.Side
			verdict string
		}{
			{"in front of its own site", shop, diagnosis.SideSite, "verdict.site.sure"},
			{"in front of somebody else's site", hoster, diagnosis.SideSite, "verdict.front.sure"},
			{"at the visitor's side", shop, diagnosis.SideVisitor, "verdict.site.sure"},
			{"at the visitor's side, of a third party", hoster, diagnosis.SideVisitor, "verdict.site.sure"},
		} {
			t.Run(string(kind)+" "+tt.name, func(t *testing.T) {
				d := kind.Diagnosis()
				if kind == diagnosis.HTTPProtocolError { // a forward proxy of its own
					d.Phase = diagnosis.Connect
				}
				v := failed(d, "GET")
				v.Verdict = diagnosis.Judge(d, diagnosis.Evidence{Side: tt.side})
				s := v.story(tt.brand)
				if s.verdict != tt.verdict {
					t.Errorf("the verdict is %s, want %s", s.verdict, tt.verdict)
				}
				shuttingDown := kind == diagnosis.ProxyInternalResponse && tt.side == diagnosis.SideSite
				if !shuttingDown && !slices.Contains([]string{"headline.gateway", "headline.internal"}, s.headline) {
					t.Errorf("the headline is %s", s.headline)
				}
				if tt.side == diagnosis.SideVisitor && (slices.Contains(s.advice, "do.check") || slices.Contains(s.advice, "do.tell.third")) {
					t.Errorf("the advice is %s", s.advice)
				}
				if own := tt.verdict == "verdict.site.sure" && tt.side == diagnosis.SideSite; s.gap != gapDoor && !own {
					t.Errorf("the line breaks at %s, behind the gateway", s.gap)
				}
			})
		}
	}
}

// TestRelayedFault: what another gateway reports of itself is a fault behind this one.
func TestRelayedFault(t *testing.T) {
	for _, kind := range gatewayFaults {
		for _, side := range []diagnosis.Side{diagnosis.SideSite, diagnosis.SideVisitor} {
			for _, brand := range []Brand{shop, hoster} {
				d := kind.Diagnosis()
				d.Phase, d.Outcome, d.ReceivedStatus = diagnosis.Receive, diagnosis.Answered, d.Status
				v := failed(d, "GET")
				v.Verdict = diagnosis.Judge(d, diagnosis.Evidence{Side: side})
				s := v.story(brand)
				theirs := brand.Voice == VoiceThird || side == diagnosis.SideVisitor
				if want := map[bool]string{true: "verdict.third.sure", false: "verdict.site.sure"}[theirs]; s.verdict != want {
					t.Errorf("%s, %s, %s: the verdict is %s, want %s", kind, side, brand.Voice, s.verdict, want)
				}
				if s.headline != "headline.site" || s.gap != gapSite || s.stations[3] != "state.problem" {
					t.Errorf("%s, %s, %s: %s, gap %s, %s", kind, side, brand.Voice, s.headline, s.gap, s.stations)
				}
			}
		}
	}
}

// TestStatusOfAHandler: whose it is nobody knows, where the gateway and the site have not one
// owner.
func TestStatusOfAHandler(t *testing.T) {
	d := diagnosis.Diagnosis{Status: 502, Party: diagnosis.Site, Outcome: diagnosis.Answered, Retryable: true}
	for _, tt := range []struct {
		name  string
		brand Brand
		side  diagnosis.Side
		want  string
	}{
		{"of one owner", shop, diagnosis.SideSite, "verdict.site.sure"},
		{"of a third party", hoster, diagnosis.SideSite, "verdict.unknown"},
		{"at the visitor's side", shop, diagnosis.SideVisitor, "verdict.unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := failed(d, "GET")
			v.Verdict = diagnosis.Judge(d, diagnosis.Evidence{Side: tt.side})
			s := v.story(tt.brand)
			if s.verdict != tt.want {
				t.Errorf("the verdict is %s, want %s", s.verdict, tt.want)
			}
			if tt.want == "verdict.unknown" && (s.headline != "headline.unknown" || s.stations[3] != "state.unknown") {
				t.Errorf("%s, %s", s.headline, s.stations)
			}
		})
	}
}

// TestVisitorsSideHasNoFrontDoor: the words of a gateway at the visitor's side do not speak
// of one, where it reports on one site.
func TestVisitorsSideHasNoFrontDoor(t *testing.T) {
	for _, kind := range diagnosis.Types() {
		d := kind.Diagnosis()
		v := failed(d, "GET")
		v.Verdict = diagnosis.Judge(d, diagnosis.Evidence{Side: diagnosis.SideVisitor, VisitorsKnown: true})
		if v.Verdict.Party = diagnosis.Site; !v.isElsewhere() {
			continue
		}
		if s := v.story(shop); slices.Contains(frontDoorLeads, s.lead) {
			t.Errorf("%s: %s", kind, s.lead)
		}
	}
}
