package diagnosis

// Plan 9 has texts where others have error numbers, and its network gives them no type: what
// failed is then told by the step that it failed at.

func kindOf(error) kind { return 0 }

func kindInText(string) kind { return 0 }
