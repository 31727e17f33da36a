package browsertest

// checkSmallScreen wants all text to fit on the smallest screen there is.
func checkSmallScreen(v *visitor, _ entry) {
	v.look(smallest)
	for _, fault := range inAllStates(v, "layout", smallest.Width) {
		v.Error(fault)
	}
}
