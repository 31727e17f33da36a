package browsertest

import (
	"fmt"
	"testing"
)

// TestFirstScreen wants what matters to be seen without scrolling.
func TestFirstScreen(t *testing.T) {
	inEach(t, func(v *visitor) {
		for _, size := range [][2]int{{1280, 800}, {390, 844}} {
			v.sub(fmt.Sprintf("%dx%d", size[0], size[1]), func(v *visitor) {
				v.look(view{Width: size[0], Height: size[1]})
				v.open("/failure/connection_refused?fiveohtwo-lang=en")
				for _, fault := range measure[[]string](v, `(...selectors) => selectors.flatMap(selector => {
					const element = document.querySelector(selector);
					if (!element?.checkVisibility()) return [selector + " cannot be seen"];
					const box = element.getBoundingClientRect();
					if (box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth) return [];
					return [selector + " is at " + [box.left, box.top, box.right, box.bottom].map(Math.round) + ", the screen is " + [innerWidth, innerHeight]];
				})`, "h1", ".lead", ".verdict", ".button", ".line") {
					v.Error(fault)
				}
			})
		}
	})
}
