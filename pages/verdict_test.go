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
		diagnosis.ProxyInternalError, diagnosis.ProxyConfigurationError, diagnosis.ProxyLoopDetected,
		diagnosis.DestinationNotFound, diagnosis.DestinationIPProhibited, "",
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
				if kind == "" { // a handler answered by itself
					d = diagnosis.Diagnosis{Status: 500, Party: diagnosis.Site, Outcome: diagnosis.Answered}
				}
				v := failed(d, "GET")
				v.Verdict = diagnosis.Judge(d, diagnosis.Seen{Side: tt.side})
				s := v.story(tt.brand)
				if s.verdict != tt.verdict {
					t.Errorf("the verdict is %s, want %s", s.verdict, tt.verdict)
				}
				if !slices.Contains([]string{"headline.gateway", "headline.internal"}, s.headline) {
					t.Errorf("the headline is %s", s.headline)
				}
				if own := tt.verdict == "verdict.site.sure" && tt.side == diagnosis.SideSite; s.gap != gapDoor && !own {
					t.Errorf("the line breaks at %s, behind the gateway", s.gap)
				}
			})
		}
	}
}

// TestVisitorsSideHasNoFrontDoor: the words of a gateway at the visitor's side do not speak
// of one, where it reports on one site.
func TestVisitorsSideHasNoFrontDoor(t *testing.T) {
	for _, kind := range diagnosis.Types() {
		d := kind.Diagnosis()
		v := failed(d, "GET")
		v.Verdict = diagnosis.Judge(d, diagnosis.Seen{Side: diagnosis.SideVisitor, VisitorsKnown: true})
		if v.Verdict.Party = diagnosis.Site; !v.isElsewhere() {
			continue
		}
		if s := v.story(shop); slices.Contains(frontDoorLeads, s.lead) {
			t.Errorf("%s: %s", kind, s.lead)
		}
	}
}
