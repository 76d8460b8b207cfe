{ fpc: threads, exceptions that signals raise. }
program threads;
{$mode objfpc}
uses cthreads, classes, sysutils;

type
  TWorker = class(TThread)
    procedure Execute; override;
  end;

var
  n: longint = 0;
  lock: TRTLCriticalSection;
  workers: array[1..4] of TWorker;
  i: integer;
  zero: integer = 0;
  p: ^integer = nil;

procedure TWorker.Execute;
var
  k: integer;
begin
  for k := 1 to 1000 do
  begin
    EnterCriticalSection(lock);
    inc(n, k);
    LeaveCriticalSection(lock);
  end;
end;

begin
  InitCriticalSection(lock);
  for i := 1 to 4 do workers[i] := TWorker.Create(false);
  for i := 1 to 4 do workers[i].WaitFor;
  writeln(n);
  try writeln(1 div zero); except on e: Exception do writeln(e.Message); end;
  try writeln(p^); except on e: Exception do writeln(e.Message); end;
  sleep(3);
  writeln(GetTickCount64);
end.
