@rem Steps out of this box:  deactivate  (cmd)
@rem Every variable is as it was before `activate`. Made by capsa.

|LEAVE|
@exit /b 0

|COPY|
