# Commands for gdb on a recorded run. rr-gdb loads them; for a server (rr-gdb -s) load them by hand:
#	(gdb) with confirm off -- source rr.gdb
#	(gdb) target extended-remote 127.0.0.1:1234
#
# A position is EVENT, EVENT:TICKS or EVENT:TICKS+INSNS, as `when' prints it. rr-dump shows the events.

# gdb prints the output of `monitor' on standard error. A gdb with Python prints it on standard output here.
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
Run a monitor command, with at most one argument.
end

# After a seek, gdb does not know what has changed. `monitor arrive' makes the next step report it, and not move.
define rr-arrive
  monitor arrive
  stepi
end
document rr-arrive
Show the current position after `monitor seek'.
end

define when
  rr-monitor when
end
document when
Print the current position, in the form that `seek' and rr-gdb -e accept.
end

define when-ticks
  rr-monitor when-ticks
end
document when-ticks
Print the ticks that the current task has made.
end

define elapsed-time
  rr-monitor elapsed
end
document elapsed-time
Print the seconds from the recording's beginning to the current position.
end

define seek
  if $argc == 1
    rr-monitor seek $arg0
    rr-arrive
  else
    echo seek POSITION: go to the position, forwards or backwards; see `when'\n
  end
end
document seek
Go to a position, forwards or backwards: seek EVENT[:TICKS[+INSNS]]
end

define checkpoint
  rr-monitor checkpoint
end
document checkpoint
Give the current position a number for `restart'.
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
Go to the position with this number, which `checkpoint' gave, or to the beginning: restart [NUMBER]
end

define delete checkpoint
  if $argc == 1
    rr-monitor delete $arg0
  else
    echo delete checkpoint NUMBER\n
  end
end
document delete checkpoint
Delete a numbered position: delete checkpoint NUMBER
end

define info checkpoints
  rr-monitor info
end
document info checkpoints
Print the current position, figures of the replay, and the numbered positions.
end
