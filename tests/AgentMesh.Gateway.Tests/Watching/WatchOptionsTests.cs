using AgentMesh.Gateway.Turns;
using AgentMesh.Gateway.Watching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Tests.Watching;

public sealed class WatchOptionsTests
{
    [Theory]
    [InlineData("Watching:RecentEvents", "0")]
    [InlineData("Watching:RecentBytes", "-1")]
    [InlineData("Watching:PageEvents", "1001")]
    [InlineData("Watching:Sockets", "0")]
    [InlineData("Watching:SendTimeout", "00:00:00")]
    [InlineData("Watching:SilenceTimeout", "00:00:30")]
    [InlineData("Watching:MaxCheckInterval", "00:00:01")]
    [InlineData("Turns:WaitTimeout", "00:00:00")]
    public void ValueThatCannotWork_IsRefusedAtStart(string name, string value)
    {
        Validate([]);
        Assert.Throws<OptionsValidationException>(() => Validate([KeyValuePair.Create<string, string?>($"AgentMesh:{name}", value)]));
    }

    private static void Validate(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        using var services = new ServiceCollection().AddWatching(configuration).AddTurns(configuration).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
    }
}
