using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>The <c>.http</c> files of apps that have no OpenAPI document ask for routes that there are. The gateway's is held against its document.</summary>
public sealed partial class HttpFileTests
{
    [Theory]
    [InlineData("src/AgentMesh.Payments", "AgentMesh.Payments.http")]
    [InlineData("src/AgentMesh.Facilitator", "AgentMesh.Facilitator.http")]
    public void Requests_AreForRoutesThatThereAre(string project, string file)
    {
        var routes = Repository.Files(project, "*.cs").SelectMany(source => Route().Matches(Repository.Read(source))).Select(match => match.Groups[1].Value.Split('/')[1]).ToHashSet();
        var asked = Request().Matches(Repository.Read($"{project}/{file}")).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(routes));
    }

    [GeneratedRegex("\\.Map(?:Get|Post|Put|Delete|Group)\\(\"(/[^\"]*)\"")]
    private static partial Regex Route();

    [GeneratedRegex(@"^(?:GET|POST|PUT|DELETE) \{\{\w+\}\}/([\w-]+)", RegexOptions.Multiline)]
    private static partial Regex Request();
}
