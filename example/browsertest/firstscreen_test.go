package browsertest

import (
	"fmt"
	"testing"
)

// TestFirstScreen wants what matters to be seen without scrolling.
func TestFirstScreen(t *testing.T) {
	const outside = `(...selectors) => selectors.flatMap(selector => {
		const element = document.querySelector(selector);
		if (!element?.checkVisibility()) return [selector + " cannot be seen"];
		const box = element.getBoundingClientRect();
		if (box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth) return [];
		return [selector + " is at " + [box.left, box.top, box.right, box.bottom].map(Math.round) + ", the screen is " + [innerWidth, innerHeight]];
	})`
	inEach(t, func(v *visitor) {
		for _, how := range []view{desktop, phone} {
			v.sub(fmt.Sprintf("%dx%d", how.Width, how.Height), func(v *visitor) {
				v.look(how)
				v.open(v.program.url + "/failure/connection_refused?fiveohtwo-lang=en")
				for _, fault := range measure[[]string](v, outside, "h1", ".lead", ".verdict", ".button", ".line") {
					v.Error(fault)
				}
			})
		}
	})
}
