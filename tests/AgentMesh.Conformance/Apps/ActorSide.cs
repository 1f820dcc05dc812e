namespace AgentMesh.Conformance.Apps;

/// <summary>One actor: calls to it through a sidecar, and the place in the app where they arrive.</summary>
public sealed record ActorSide(AppSide Caller, string Type, string Id, Probe Probe)
{
    /// <summary>Its path at the sidecar, the parts escaped.</summary>
    public string Path => $"/v1.0/actors/{Uri.EscapeDataString(Type)}/{Uri.EscapeDataString(Id)}";

    public Task<Answer> CallAsync(string method = "do", string? body = null, params (string Name, string Value)[] headers) =>
        Caller.SendAsync("POST", $"{Path}/method/{method}", body, headers: headers);

    /// <summary>Calls it and takes the app's side of that call off the list.</summary>
    public async Task<AppRequest> ActivateAsync()
    {
        (await CallAsync("activate")).Is(200);
        return await Probe.NextAsync();
    }

    public Task<Answer> RemindAsync(string name, string body) => Caller.SendAsync("POST", $"{Path}/reminders/{Uri.EscapeDataString(name)}", body);

    public Task<Answer> TimeAsync(string name, string body) => Caller.SendAsync("POST", $"{Path}/timers/{Uri.EscapeDataString(name)}", body);

    public Task<Answer> GetAsync(string key) => Caller.SendAsync("GET", $"{Path}/state/{Uri.EscapeDataString(key)}");

    public Task<Answer> TransactAsync(string operations) => Caller.SendAsync("POST", $"{Path}/state", operations);
}
