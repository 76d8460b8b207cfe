# Commands for gdb on a recorded run. rr-gdb loads them; for a server (rr-gdb -s) load them by hand:
#	(gdb) with confirm off -- source rr.gdb
#	(gdb) target extended-remote 127.0.0.1:1234
#
# A position is EVENT, EVENT:TICKS or EVENT:TICKS+INSNS, as `when' prints it; events are those of rr-dump.

# gdb shows what `monitor' prints on standard error; with Python, here it is on standard output.
define rr-monitor
  if $_isvoid($_streq)
    if $argc == 1
      monitor $arg0
    else
      monitor $arg0 $arg1
    end
  else
    if $argc == 1
      python gdb.write(gdb.execute("monitor $arg0", to_string=True))
    else
      python gdb.write(gdb.execute("monitor $arg0 $arg1", to_string=True))
    end
  end
end
document rr-monitor
The monitor command of that name, with at most one argument.
end

# After going elsewhere, gdb has to be told of everything that is other there: `monitor arrive' lets the next step do
# that, and not move.
define rr-arrive
  monitor arrive
  stepi
end
document rr-arrive
Show where this is, after `monitor seek'.
end

define when
  rr-monitor when
end
document when
Print where this is in the run: a position that `seek' and rr-gdb -e take.
end

define when-ticks
  rr-monitor when-ticks
end
document when-ticks
Print how many ticks the current task has made.
end

define elapsed-time
  rr-monitor elapsed
end
document elapsed-time
Print how many seconds after its beginning the recording was here.
end

define seek
  if $argc == 1
    rr-monitor seek $arg0
    rr-arrive
  else
    echo seek POSITION: go there, forwards or backwards; see `when'\n
  end
end
document seek
Go to a position, forwards or backwards: seek EVENT[:TICKS[+INSNS]]
end

define checkpoint
  rr-monitor checkpoint
end
document checkpoint
Give this position a number, for `restart'.
end

define restart
  if $argc == 0
    rr-monitor restart
  else
    rr-monitor restart $arg0
  end
  rr-arrive
end
document restart
Go to the position with a number that `checkpoint' gave, or to the beginning: restart [NUMBER]
end

define delete checkpoint
  if $argc == 1
    rr-monitor delete $arg0
  else
    echo delete checkpoint NUMBER\n
  end
end
document delete checkpoint
Forget the number of a position.
end

define info checkpoints
  rr-monitor info
end
document info checkpoints
Print where this is, figures of the replay, and the positions that have a number.
end
