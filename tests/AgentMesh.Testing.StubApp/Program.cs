using System.Globalization;
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
// The empty builder: no lifetime that takes the signals. HttpListener throws when the first request comes while it starts.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(port!, CultureInfo.InvariantCulture)));
await using var app = builder.Build();
app.Run(AnswerAsync);
await app.StartAsync();
await Console.Out.WriteLineAsync($"listening {appId} {port}");
await stopped.Task;
return 0;

static async Task AnswerAsync(HttpContext context)
{
    var path = context.Request.Path.Value!;
    if (path == "/print")
        await Console.Out.WriteLineAsync($"event {await new StreamReader(context.Request.Body).ReadToEndAsync()}");
    var answer = path switch
    {
        "/healthz" or "/print" => "",
        "/dapr/config" => """{"entities":[]}""",
        "/pid" => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        _ when path.StartsWith("/env/", StringComparison.Ordinal) => Environment.GetEnvironmentVariable(path[5..]) ?? "(unset)",
        _ => null,
    };
    context.Response.StatusCode = answer is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
    context.Response.ContentType = "application/json";
    await context.Response.WriteAsync(answer ?? "");
}
