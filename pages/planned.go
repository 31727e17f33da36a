package pages

import "github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"

// planned reports a site that was switched off on purpose.
func (v View) planned() bool {
	return v.Diagnosis.Planned && v.Verdict.Party == diagnosis.Site && v.Verdict.Side != diagnosis.SideVisitor
}

// plannedStory has no line and no steps, as nothing is broken, and asks nothing, as the
// answer is known.
func (v View) plannedStory(brand Brand) story {
	s := story{
		telling: telling{headline: "headline.planned", lead: "lead.planned"}, verdict: "verdict.planned",
		box: v.box(), retry: diagnosis.Safe(v.Method), contact: brand.Contact != Contact{},
	}
	wait := "do.later"
	if v.wait() == "do.wait_until" {
		wait, s.lead = "do.wait_until", "lead.planned.until"
	}
	if s.box != "unknown" {
		s.advice = []string{wait}
	}
	if s.contact {
		s.advice = append(s.advice, v.inVoice(brand.Voice, "do.tell"))
	}
	return s
}
