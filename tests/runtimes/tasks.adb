--  gnat: tasks, a protected object, a select that is aborted, exceptions that signals raise.
with Ada.Calendar; use Ada.Calendar;
with Ada.Text_IO; use Ada.Text_IO;
procedure Tasks is
   protected Sum is
      procedure Add (N : Integer);
      function Get return Integer;
   private
      V : Integer := 0;
   end Sum;
   protected body Sum is
      procedure Add (N : Integer) is begin V := V + N; end Add;
      function Get return Integer is (V);
   end Sum;
   type Numbers is array (1 .. 10) of Integer;
   X : Numbers := (others => 1);
   Zero : Integer := 0;
   function Deep (N : Integer) return Integer is (if N < 0 then 0 else Deep (N + 1) + 1);
begin
   declare
      task type Worker;
      task body Worker is
      begin
         for I in 1 .. 300 loop
            Sum.Add (I);
            if I mod 100 = 0 then delay 0.001; end if;
         end loop;
      end Worker;
      Workers : array (1 .. 4) of Worker;
   begin null; end;
   Put_Line (Sum.Get'Image);
   select delay 0.01; Put_Line ("timeout"); then abort delay 10.0; end select;
   begin X (Sum.Get) := 1; exception when Constraint_Error => Put_Line ("constraint"); end;
   begin X (1) := 1 / Zero; exception when Constraint_Error => Put_Line ("div"); end;
   begin X (1) := Deep (0); exception when Storage_Error => Put_Line ("deep"); end;
   Put_Line (Duration'Image (Seconds (Clock)));
end Tasks;
