using System.Net;
using System.Runtime.InteropServices;

// STUB_MODE: "crash" dies at once, "deaf" ignores SIGTERM. Anything else: healthy until SIGTERM.
var appId = Environment.GetEnvironmentVariable("APP_ID");
var mode = Environment.GetEnvironmentVariable("STUB_MODE");
var port = Environment.GetEnvironmentVariable("APP_PORT");
if (mode == "crash")
{
    await Console.Error.WriteLineAsync($"{appId} cannot go on");
    return 3;
}

var stopped = new TaskCompletionSource();
using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    Console.WriteLine($"SIGTERM {appId}");
    if (mode != "deaf") stopped.TrySetResult();
});
using var listener = new HttpListener();
listener.Prefixes.Add($"http://127.0.0.1:{port}/");
listener.Start();
_ = AnswerAsync();
await Console.Out.WriteLineAsync($"listening {appId} {port}");
await stopped.Task;
return 0;

async Task AnswerAsync()
{
    while (true)
    {
        var context = await listener.GetContextAsync();
        var path = context.Request.Url!.AbsolutePath;
        var answer = path switch
        {
            "/healthz" => "",
            "/dapr/config" => """{"entities":[]}""",
            "/pid" => Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ when path.StartsWith("/env/", StringComparison.Ordinal) => Environment.GetEnvironmentVariable(path[5..]) ?? "(unset)",
            _ => null,
        };
        context.Response.StatusCode = answer is null ? 404 : 200;
        context.Response.ContentType = "application/json";
        context.Response.Close(System.Text.Encoding.UTF8.GetBytes(answer ?? ""), willBlock: false);
    }
}
