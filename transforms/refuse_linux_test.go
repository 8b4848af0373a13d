package transforms_test

import "golang.org/x/sys/unix"

// refuseExecutableMemory makes Linux refuse to make memory executable, for the rest of this process. It reports
// whether the system can: since version 6.3.
func refuseExecutableMemory() bool {
	return unix.Prctl(unix.PR_SET_MDWE, unix.PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == nil
}
