package browsertest

// checkContrast wants every text to be read easily, in both colour schemes. In Arabic too,
// which axe leaves out: it takes joined letters for the picture of an icon.
func checkContrast(v *visitor, _ entry) {
	for _, dark := range []bool{false, true} {
		how := desktop
		how.Dark = dark
		v.look(how)
		v.checkScheme()
		for _, fault := range inAllStates(v, "contrast", 4.5) {
			v.Errorf("dark %t: %s", dark, fault)
		}
	}
}

// checkScheme wants dark text on a light ground, or the other way round.
func (v *visitor) checkScheme() {
	v.Helper()
	got := measure[[2]float64](v, `() => {
		const light = colour => Math.max(...colour.match(/[\d.]+/g).slice(0, 3)) / 255;
		const style = getComputedStyle(document.body);
		return [light(style.backgroundColor), light(style.color)];
	}`)
	if ground, text := got[0], got[1]; v.view.Dark && (ground > 0.2 || text < 0.8) || !v.view.Dark && (ground < 0.8 || text > 0.2) {
		v.Errorf("dark %t: lightness of ground and text: %.2f", v.view.Dark, got)
	}
}
