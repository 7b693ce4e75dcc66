// Sends the answer on to the application; without script the button does.
document.getElementById("form-post").submit();
