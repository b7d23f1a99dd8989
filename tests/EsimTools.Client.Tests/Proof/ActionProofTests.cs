// What a statement of the service shows of each action: the whole table.

using EsimTools.Proof;

namespace EsimTools.Client.Tests.Proof;

public sealed class ActionProofTests
{
    [Theory]
    [InlineData("activate", "ACTIVE/", true)]
    [InlineData("activate", "DEACTIVE/", false)]
    [InlineData("activate", "SUSPEND/ENABLE", false)]
    [InlineData("activate", "PENDING_ACTIVATION/", null)]
    [InlineData("activate", "/ENABLE", null)]
    [InlineData("deactivate", "deactive/ENABLE", true)]
    [InlineData("deactivate", "DEACTIVATED/", true)]
    [InlineData("deactivate", "ACTIVE/DISABLE", false)]
    [InlineData("deactivate", "suspend/", false)]
    [InlineData("deactivate", "PENDING_DEACTIVATION/", null)]
    [InlineData("profile_suspend", "SUSPEND/", true)]
    [InlineData("profile_suspend", "ACTIVE/", false)]
    [InlineData("profile_resume", "ACTIVE/", true)]
    [InlineData("profile_resume", "SUSPEND/", false)]
    [InlineData("download", "/DOWNLOAD_DISABLE", true)]
    [InlineData("download", "/ENABLE", true)]
    [InlineData("download", "/NOT_DOWNLOADED", false)]
    [InlineData("download", "/DELETE", false)]
    [InlineData("enable", "/ENABLE", true)]
    [InlineData("enable", "/DISABLE", false)]
    [InlineData("enable", "ACTIVE/", null)]
    [InlineData("download_enable", "/DOWNLOAD_ENABLE", true)]
    [InlineData("download_enable", "/NOT_DOWNLOADED", false)]
    [InlineData("disable", "/DISABLE", true)]
    [InlineData("disable", "/ENABLE", false)]
    [InlineData("delete", "/DELETE", true)]
    [InlineData("delete", "DEACTIVE/DISABLE", false)]
    [InlineData("delete", "/NOT_DOWNLOADED", null)]
    [InlineData("delete", "DEACTIVE/", null)]
    [InlineData("serviceplan", "ACTIVE/ENABLE", null)]
    [InlineData("setfallbackattribute", "ACTIVE/ENABLE", null)]
    [InlineData("device_suspend", "SUSPEND/ENABLE", null)]
    [InlineData("device_resume", "ACTIVE/ENABLE", null)]
    public void A_statement_shows_what_an_action_does_or_its_contrary_or_neither(string action, string words, bool? expected)
    {
        var (state, status) = (words.Split('/')[0], words.Split('/')[1]);

        Assert.Equal(expected, ActionProof.Shows(EsimAction.Find(action)!, new(EvidenceSource.ServiceList, null, state.Length > 0 ? state : null, status.Length > 0 ? status : null)));
    }
}
