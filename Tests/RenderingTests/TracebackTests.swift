import Documents
import Testing

@Suite("Tracebacks, as people see them")
struct TracebackTests {
  @Test("frames of the harness are folded away, as many as stand together, and with their source lines")
  func folded() {
    let crash = """
      Fatal Python error: Segmentation fault

      Current thread 0x… (most recent call first):
        File "/cache/python/1a2b/hpy_conform.py", line 90 in __init__
        File "<case>/scenarios.py", line 12 in one
        File "/cache/python/1a2b/conform_cell.py", line 313 in _call
        File "/cache/python/1a2b/conform_server.py", line 80 in main

      Extension modules: ext (total: 1)
      """
    #expect(
      Traceback(crash).folded == """
        Fatal Python error: Segmentation fault

        Current thread 0x… (most recent call first):
          (1 frame of the harness)
          File "<case>/scenarios.py", line 12 in one
          (2 frames of the harness)

        Extension modules: ext (total: 1)
        """)
    let raised = """
      Traceback (most recent call last):
        File "/cache/conform_cell.py", line 313, in _call
          function(ext)
          ~~~~~~~~^^^^^
        File "<case>/scenarios.py", line 6, in raises
          ext.broken()
      ValueError: no
      """
    #expect(
      Traceback(raised).folded == """
        Traceback (most recent call last):
          (1 frame of the harness)
          File "<case>/scenarios.py", line 6, in raises
            ext.broken()
        ValueError: no
        """)
    #expect(Traceback("").folded == "")
    #expect(Traceback("(this runtime has no fault handler)\n").folded == "(this runtime has no fault handler)\n")
  }

  @Test("of frames of C, those without a line are folded away")
  func backtrace() {
    let text = """
      #0  0x… in abort () from /lib/libc.so.6
      #1  0x… in ?? ()
      #2  0x… in die_impl (ctx=0x…, self=...) at s/one/hpy.c:17
      #3  0x… in die_trampoline (self=0x…) at s/one/hpy.c:13
      #4  0x… in PyObject_Vectorcall ()
      """
    #expect(
      Backtrace.folded(text) == """
        (2 frames without a line)
        #2  0x… in die_impl (ctx=0x…, self=...) at s/one/hpy.c:17
        #3  0x… in die_trampoline (self=0x…) at s/one/hpy.c:13
        (1 frame without a line)
        """)
    #expect(Backtrace.folded("") == "")
  }
}
