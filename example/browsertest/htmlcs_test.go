package browsertest

import (
	"os"
	"testing"
)

// TestHTMLCodeSniffer has HTML_CodeSniffer look for errors by WCAG 2 AA: in each theme, and
// in each language that is written from right to left.
func TestHTMLCodeSniffer(t *testing.T) {
	themes := startThemes(t)
	inEach(t, func(v *visitor) {
		sniff := func(v *visitor) {
			for _, e := range v.sniff() {
				v.Error(e)
			}
		}
		for _, theme := range themes {
			v.sub(theme.name, func(v *visitor) { v.inBothSchemes(theme.program, "en", sniff) })
		}
		for _, language := range rightToLeft {
			v.inBothSchemes(v.program, language, sniff)
		}
	})
}

// sniff returns the errors that HTML_CodeSniffer finds in the page with all shown that there
// is, or skips the test where there is none.
func (v *visitor) sniff() []string {
	v.Helper()
	path := os.Getenv("FIVEOHTWO_HTMLCS")
	if path == "" {
		missing(v.T, "FIVEOHTWO_HTMLCS does not say where HTMLCS.js is")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		v.Fatal(err)
	}
	measure[bool](v, "() => {"+string(source)+"; return true }")
	return measure[[]string](v, `() => new Promise((done, failed) => {
		for (const d of document.querySelectorAll("details")) d.open = true;
		for (const h of document.querySelectorAll("body [hidden]")) h.hidden = false;
		HTMLCS.process("WCAG2AA", document, () => {
			const all = HTMLCS.getMessages(), errors = all.filter(m => m.type === HTMLCS.ERROR);
			if (all.length < 10) done(["only " + all.length + " messages of any kind"]);
			done(errors.map(m => m.code + ": " + m.msg + ": " + m.element.outerHTML?.slice(0, 200)));
		}, failed);
	})`)
}
