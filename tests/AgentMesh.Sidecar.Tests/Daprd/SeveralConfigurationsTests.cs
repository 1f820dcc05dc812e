using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Actors.Reminders;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Secrets;

namespace AgentMesh.Sidecar.Tests.Daprd;

/// <summary>What only several files, or several sidecars, need.</summary>
public sealed class SeveralConfigurationsTests
{
    [Fact]
    public void Files_AreTakenTogether()
    {
        var both = new AppConfiguration("a") { MetricsEnabled = false, Features = ["A"], SecretScopes = Scopes("one") }
            .And(new AppConfiguration("b") { LogsApiCalls = true, Features = ["B"], SecretScopes = Scopes("two") });
        Assert.Equal((false, true, true), (both.MetricsEnabled, both.IncreasedCardinality, both.LogsApiCalls));
        Assert.Equal(["A", "B"], both.Features);
        Assert.Equal(["one", "two"], both.SecretScopes.Keys);
    }

    [Fact]
    public void SecretStore_ScopedInTwoFiles_IsRefused()
    {
        var refused = Assert.Throws<LauncherException>(() => new AppConfiguration("a") { SecretScopes = Scopes("one") }.And(new AppConfiguration("b") { SecretScopes = Scopes("one") }));
        Assert.Equal("the secret store 'one' is scoped twice: in a and in b", refused.Message);
    }

    [Theory]
    [InlineData("T", "a", "n")]
    [InlineData("T", "a||b", "n")]
    [InlineData("T", "|a|", "n|")]
    [InlineData("T", "", "n")]
    public void ReminderKey_IsReadAsItWasWritten(string type, string id, string name) =>
        Assert.Equal((new ActorRef(type, id), name), Reminder.ParseKey(Reminder.KeyOf(new ActorRef(type, id), name)));

    [Theory]
    [InlineData("T")]
    [InlineData("T||n")]
    public void OtherTexts_AreNoReminderKeys(string text) => Assert.Null(Reminder.ParseKey(text));

    private static Dictionary<string, SecretScope> Scopes(string store) => new() { [store] = new SecretScope() };
}
