package amd64

import "os"

// Wanted returns the best level there is here, or the one below it that GRADUS_JIT in the environment asks for: off for no
// machine code, avx2 for such without AVX-512.
func Wanted() Level {
	if !Available() {
		return None
	}
	switch os.Getenv("GRADUS_JIT") {
	case "off":
		return None
	case "avx2":
		return min(AVX2, Features())
	}
	return Features()
}
